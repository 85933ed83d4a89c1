using Microsoft.Extensions.DependencyInjection;
using Monitoring.Cluster.Health;
using Monitoring.Cluster.Orchestrators;
using Monitoring.Cluster.Regions;
using Monitoring.Cluster.Registry;
using Monitoring.Core;
using Monitoring.Probing;
using Orleans.Runtime;

namespace Monitoring.Cluster.Tests.Roles;

/// <summary>Two hubs and the silo of one region.</summary>
public sealed class RoleTests
{
    private static readonly RegionId Fra = ClusterUnderTest.Fra;
    private static readonly OrchestratorId[] All = [.. Enumerable.Range(1, 30).Select(ClusterUnderTest.Orchestrator)];

    [Fact]
    public async Task No_grain_of_the_hub_lives_on_a_regions_silo()
    {
        await using var under = await ClusterUnderTest.StartAsync(3, null, Fra, All);
        await under.BoardAsync();
        var region = under.Cluster.Silos[2].SiloAddress;
        var ours = (await under.Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics())
            .Where(s => s.GrainId.Type.ToString() is "orchestrator" or "region-queue" or "score-shard" or "leaderboard" or "region-health" or "registry" or "schedule").ToList();
        Assert.True(ours.Count >= 30, $"Only {ours.Count} activations were found.");
        Assert.Equal(2, ours.Select(s => s.SiloAddress).Distinct().Count());
        Assert.DoesNotContain(ours, s => s.SiloAddress.Equals(region));
    }

    [Fact]
    public async Task A_region_leases_and_reports_for_itself_and_may_do_nothing_else()
    {
        await using var under = await ClusterUnderTest.StartAsync(3, null, Fra, All[0]);
        var services = under.Cluster.GetSiloServiceProvider(under.Cluster.Silos[2].SiloAddress);
        var hub = services.GetRequiredService<IHub>();
        var jobs = ImmutableArray<TestJob>.Empty;
        for (var i = 0; i < 1_000 && jobs.IsEmpty; i++)
        {
            under.Time.Advance(TimeSpan.FromSeconds(1));
            await under.Grain(All[0]).Tick();
            jobs = await hub.LeaseAsync(Fra, 10, TimeSpan.Zero, CancellationToken.None);
        }

        var grains = services.GetRequiredService<IGrainFactory>();
        Assert.Equal(under.Time.GetUtcNow(), await grains.GetGrain<IRegionQueueGrain>(Fra.Code).Time());
        var result = ClusterUnderTest.Result(Assert.Single(jobs));
        Assert.True(await hub.ExtendAsync(Fra, result.Id, CancellationToken.None));
        Assert.True((await hub.ReportAsync(result, CancellationToken.None)).Accepted);

        var mdw = ClusterUnderTest.Mdw;
        var one = grains.GetGrain<IOrchestratorGrain>(All[0].Text);
        await RefusedAsync(() => hub.LeaseAsync(mdw, 10, TimeSpan.Zero, CancellationToken.None));
        await RefusedAsync(() => hub.ReturnAsync(mdw, result.Id, OutcomeCode.ShuttingDown, CancellationToken.None));
        await RefusedAsync(() => hub.ReportAsync(result with { Region = mdw }, CancellationToken.None));
        await RefusedAsync(() => one.Withdraw(under.Time.GetUtcNow()));
        await RefusedAsync(() => one.Post(null!));
        await RefusedAsync(() => one.Reclassify(result.Id, Fra, result.PlannedAt, new Outcome(OutcomeCode.OurClip)));
        await RefusedAsync(() => grains.GetGrain<Cluster.Schedule.IScheduleGrain>(0).Master());
        await RefusedAsync(() => grains.GetGrain<IRegistryGrain>(0).Walk([]));
        await RefusedAsync(() => grains.GetGrain<IRegionHealthGrain>(0).Controls(mdw, false));
        await grains.GetGrain<IRegionHealthGrain>(0).Controls(Fra, true);
    }

    private static Task<UnauthorizedAccessException> RefusedAsync(Func<Task> call) => Assert.ThrowsAsync<UnauthorizedAccessException>(call);
}
