using Microsoft.Extensions.DependencyInjection;
using Monitoring.Cluster.Leaderboard;
using Monitoring.Cluster.Orchestrators;
using Monitoring.Cluster.Registry;
using Monitoring.Cluster.Schedule;
using Monitoring.Cluster.Wire;
using Monitoring.Core;
using Monitoring.Web;
using Orleans.Serialization;

namespace Monitoring.Cluster.Tests.Contracts;

/// <summary>
/// Two versions of silos at once (N and N-1), as while they are exchanged one by one. What may change between them: members are added with new
/// ids, to messages, to states and to the end of a method's parameters; nothing is renumbered, renamed or given another type. What the older one
/// wrote the golden files hold.
/// </summary>
public sealed class MixedVersionTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly RegionId Fra = RegionId.Parse("FRA");

    [Fact]
    public void A_member_that_the_receiver_does_not_know_is_passed_over_and_one_that_the_sender_did_not_know_is_empty()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var now = new RegionHealthWire { Stale = [Fra], Anomalies = [new AnomalySpan(Fra, At, null, "a control failed")], Muted = [new AnomalySpan(Fra, At, null, "most fail")] };
        var older = serializer.Deserialize<OlderRegionHealthWire>(serializer.SerializeToArray(now));
        Assert.Equal((Fra, "a control failed"), (older.Stale[0], older.Anomalies[0].Reason));
        var newer = serializer.Deserialize<RegionHealthWire>(serializer.SerializeToArray(older));
        Assert.Equal(Fra, newer.Stale[0]);
        Assert.True(newer.Muted.IsDefault);
        Assert.Empty(new RegionHealthConverter().ConvertFromSurrogate(newer).Muted);
    }

    [Fact]
    public void What_the_version_before_wrote_of_the_regions_health_is_read()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();

        // This file was written before spans of liveness alone were known.
        var view = serializer.Deserialize<RegionHealthView>(Convert.FromHexString(GoldenTests.Golden("region-health-view.v0.hex", "")));
        Assert.Equal("a control failed", view!.Anomalies[0].Reason);
        Assert.Empty(view.Muted);
    }

    [Fact]
    public void Of_one_whose_silo_does_not_say_whether_it_is_unheard_it_is_not_taken_for_so()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var standing = serializer.Deserialize<OrchestratorStanding>(Convert.FromHexString(GoldenTests.Golden("orchestrator-standing.v0.hex", "")));
        Assert.Equal(("Down", false, 1), (standing!.Phase, standing.Unheard, standing.Failing.Length));
        var shard = serializer.Deserialize<ShardStanding>(Convert.FromHexString(GoldenTests.Golden("shard-standing.v0.hex", "")));
        Assert.Equal((4, 0), (shard!.Down, shard.Unheard));
        Assert.False(serializer.Deserialize<ShownOrchestrator>(Convert.FromHexString(GoldenTests.Golden("shown-orchestrator.v0.hex", "")))!.Standing.Unheard);
    }

    [Fact]
    public void What_a_shard_of_the_version_before_tells_are_all_its_rows_and_what_it_is_told_it_reads_as_all()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();

        // This file was written before shards told changes.
        var rows = serializer.Deserialize<ShardRows>(Convert.FromHexString(GoldenTests.Golden("shard-rows.v1.hex", "")))!;
        Assert.Equal((7, true, 0, 0L, 0L), (rows.Version, rows.IsComplete, rows.Rows.Length, rows.Life, rows.Since));
        var older = serializer.Deserialize<OlderShardRows>(serializer.SerializeToArray(new ShardRows { Version = 8, IsComplete = true, Rows = [], Life = 3 }))!;
        Assert.Equal((8, true, 0), (older.Version, older.IsComplete, older.Rows.Length));
    }

    [Fact]
    public void What_the_registry_and_the_schedule_of_the_version_before_tell_is_all_of_it()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();

        // These files were written before either told changes.
        var active = serializer.Deserialize<ActiveSet>(Convert.FromHexString(GoldenTests.Golden("active-set.v1.hex", "")))!;
        Assert.Equal((7, 1, 0L, 0L), (active.Version, active.Entries.Length, active.Since, active.Life));
        var plans = serializer.Deserialize<PlanHistoryWire>(Convert.FromHexString(GoldenTests.Golden("plan-history.v1.hex", "")))!;
        Assert.Equal((7, 0L, 0L), (plans.Version, plans.Since, plans.Life));
        Assert.Empty(plans.On(PlanHistory.Empty with { Shares = [new PublishedShare(At, ClusterUnderTest.Orchestrator(1), null, 0, 0)] }).Shares);
    }

    /// <summary>A shard's rows as they were before it told changes.</summary>
    [GenerateSerializer]
    [Alias("monitoring.tests.older-shard-rows")]
    internal sealed class OlderShardRows
    {
        [Id(0)]
        public required long Version { get; init; }

        [Id(1)]
        public required bool IsComplete { get; init; }

        [Id(2)]
        public required ImmutableArray<LeaderboardRow> Rows { get; init; }
    }

    /// <summary>The regions' health as it was before spans of liveness alone were known.</summary>
    [GenerateSerializer]
    [Alias("monitoring.tests.older-region-health-view")]
    internal struct OlderRegionHealthWire
    {
        [Id(0)]
        public ImmutableArray<RegionId> Stale;

        [Id(1)]
        public ImmutableArray<AnomalySpan> Anomalies;
    }
}
