using System.Collections.Concurrent;
using Monitoring.Cluster.Registry;
using Monitoring.Cluster.Schedule;
using Monitoring.Cluster.State;
using Monitoring.Core;
using Monitoring.Web;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Monitoring.Cluster.Tests.Registry;

/// <summary>Who is enrolled, and with which part of the slots, is kept in pages and told to silos as changes: one that moves costs as much among many as among few.</summary>
public sealed class EnrolmentPagesTests
{
    private static readonly OrchestratorId[] Ids = [.. Enumerable.Range(1, 300).Select(ClusterUnderTest.Orchestrator)];

    [Fact]
    public async Task One_that_moves_rewrites_one_page_and_is_told_alone()
    {
        await using var under = await ClusterUnderTest.StartAsync();
        var (registry, schedule) = (under.Grains.GetGrain<IRegistryGrain>(0), under.Grains.GetGrain<IScheduleGrain>(0));
        await registry.Walk(Entries(Ids));
        var silo = new SiloEnrolment(under.Grains);
        await silo.PullAsync();
        Assert.Equal(Ids, silo.Enrolled.Keys.Order());
        var active = (await registry.Active(0))!;
        var history = (await schedule.History(0))!;
        Assert.Equal((0L, 0L), (active.Since, history.Since));

        var written = new ConcurrentQueue<string>();
        under.Storage.OnWrite = (name, _) =>
        {
            if (!name.StartsWith(StateNames.Orchestrator, StringComparison.Ordinal)) written.Enqueue(name);
            return null;
        };
        Assert.Equal(300, await registry.Walk(Entries(Ids, moved: 7)));
        Assert.Equal(2, written.Count);
        Assert.Single(written, name => name.StartsWith(StateNames.RegistryPages + "-", StringComparison.Ordinal));
        Assert.Single(written, name => name.StartsWith(StateNames.SchedulePages + "-", StringComparison.Ordinal));

        var changes = (await registry.Active(active.Version, active.Life))!;
        Assert.Equal(active.Version, changes.Since);
        Assert.Equal([Ids[7]], changes.Entries.Select(e => e.Id));
        Assert.Empty(changes.Gone);
        var told = (await schedule.History(history.Version, history.Life))!;
        Assert.Equal(history.Version, told.Since);
        Assert.Equal([Ids[7]], told.Changed);
        Assert.Equal(["192.0.2.8:8935", "moved.example:8935"], told.To().Shares.Select(s => s.Endpoint));
        await silo.PullAsync();
        Assert.Equal("https://moved.example:8935", silo.Enrolled[Ids[7]].ServiceUri);
        Assert.Equal(300, silo.Enrolled.Count);

        // What the silo made of the changes is what another one is told whole.
        SameHistory((await schedule.History(0))!.To(), told.On(history.To()));

        // The same once more writes nothing and tells nothing.
        written.Clear();
        Assert.Equal(300, await registry.Walk(Entries(Ids, moved: 7)));
        Assert.Empty(written);
        Assert.Null(await registry.Active(changes.Version, changes.Life));
        Assert.Null(await schedule.History(told.Version, told.Life));
    }

    [Fact]
    public async Task Whoever_left_is_gone_from_the_silos_too_and_comes_back()
    {
        await using var under = await ClusterUnderTest.StartAsync();
        var registry = under.Grains.GetGrain<IRegistryGrain>(0);
        await registry.Walk(Entries(Ids));
        var silo = new SiloEnrolment(under.Grains);
        await silo.PullAsync();
        var before = (await registry.Active(0))!;
        await registry.Walk(Entries(Ids[..^2]));
        var changes = (await registry.Active(before.Version, before.Life))!;
        Assert.Empty(changes.Entries);
        Assert.Equal(Ids[^2..], changes.Gone);
        await silo.PullAsync();
        Assert.Equal(Ids[..^2], silo.Enrolled.Keys.Order());
        await registry.Walk(Entries(Ids));
        await silo.PullAsync();
        Assert.Equal(Ids, silo.Enrolled.Keys.Order());
    }

    [Fact]
    public async Task A_silo_that_knows_another_life_of_the_grains_is_told_all()
    {
        await using var under = await ClusterUnderTest.StartAsync();
        var (registry, schedule) = (under.Grains.GetGrain<IRegistryGrain>(0), under.Grains.GetGrain<IScheduleGrain>(0));
        await registry.Walk(Entries(Ids));
        var (active, history) = ((await registry.Active(0))!, (await schedule.History(0))!);
        await under.Cluster.DeactivateAsync(registry);
        await under.Cluster.DeactivateAsync(schedule);

        // Whatever the clocks of the silos said, the version of one life says nothing to the other.
        var (all, plans) = ((await registry.Active(active.Version, active.Life))!, (await schedule.History(history.Version, history.Life))!);
        Assert.Equal((0L, 300, true), (all.Since, all.Entries.Length, all.Life != active.Life));
        Assert.Equal((0L, true), (plans.Since, plans.Life != history.Life));
        SameHistory(history.To(), plans.To());
    }

    [Fact]
    public async Task What_a_program_kept_that_knew_no_pages_is_read_and_goes_into_pages()
    {
        await using var under = await ClusterUnderTest.StartAsync();
        var (registry, schedule) = (under.Grains.GetGrain<IRegistryGrain>(0), under.Grains.GetGrain<IScheduleGrain>(0));
        await schedule.Master();
        await under.Cluster.DeactivateAsync(registry);
        await under.Cluster.DeactivateAsync(schedule);
        var since = under.Time.GetUtcNow();
        var format = new StateFormat();
        var key = GrainIdKeyExtensions.CreateIntegerKey(0);
        under.Storage.Put(StateNames.Registry, GrainId.Create(GrainType.Create("registry"), key), format.Serialize(new RegistryDocument
        {
            Schema = 1,
            Enrolments = [.. EnrolmentRule.From(Entries(Ids).Select(e => e.To())).Records().OrderBy(r => r.Key).Select(r => new Enrolment(r.Key, r.Value, since, null))],
        }).ToArray());
        var plans = PlanHistory.Empty.With(Ids.Select((id, i) => (id, (SlotShare?)new SlotShare($"192.0.2.{i}:8935", 0, 1))), since);
        under.Storage.Put(StateNames.Schedule, GrainId.Create(GrainType.Create("schedule"), key), format.Serialize(new ScheduleDocument { Schema = 1, Master = new string('7', 64), History = plans }).ToArray());

        SameHistory(plans, (await schedule.History(0))!.To());
        Assert.Equal(Ids, (await registry.Active(0))!.Entries.Select(e => e.Id));
        await under.Cluster.DeactivateAsync(registry);

        // A silo of the version before finds its document, and from the pages nothing is lost.
        Assert.Contains(Ids[0].Text, under.Storage.Json(StateNames.Registry, key.ToString()!), StringComparison.Ordinal);
        await registry.Walk(Entries(Ids[..^1]));
        await under.Cluster.DeactivateAsync(registry);
        Assert.Equal(Ids[..^1], (await registry.Active(0))!.Entries.Select(e => e.Id));
    }

    [Fact]
    public async Task A_page_that_cannot_be_written_leaves_a_walk_that_the_next_one_ends()
    {
        await using var under = await ClusterUnderTest.StartAsync();
        var registry = under.Grains.GetGrain<IRegistryGrain>(0);
        await registry.Walk(Entries(Ids));
        var refused = 0;
        under.Storage.OnWrite = (name, _) => name.StartsWith(StateNames.RegistryPages, StringComparison.Ordinal) && Interlocked.Increment(ref refused) == 3 ? new IOException("full") : null;
        await Assert.ThrowsAsync<IOException>(() => registry.Walk(Entries(Ids[..^30])));
        Assert.InRange((await registry.Active(0))!.Entries.Length, 271, 299);
        Assert.Equal(270, await registry.Walk(Entries(Ids[..^30])));
        Assert.Equal(Ids[..^30], (await registry.Active(0))!.Entries.Select(e => e.Id));
    }

    private static ImmutableArray<RegistryEntryWire> Entries(OrchestratorId[] ids, int moved = -1) =>
        [.. ids.Select((id, i) => RegistryEntryWire.Of(new RegistryEntry(id, i == moved ? "https://moved.example:8935" : $"https://192.0.{2 + (i >> 8)}.{(i + 1) & 255}:8935", true)))];

    private static void SameHistory(PlanHistory expected, PlanHistory actual)
    {
        Assert.Equal(expected.Rules, actual.Rules, (a, b) => a.From == b.From && a.TestsPerDay == b.TestsPerDay);
        Assert.Equal(expected.Shares.OrderBy(s => s.Orchestrator).ThenBy(s => s.From), actual.Shares.OrderBy(s => s.Orchestrator).ThenBy(s => s.From));
    }
}
