using Monitoring.Core;

namespace Monitoring.Cluster.Tests.Orchestrators;

/// <summary>Nobody calls Tick here: timers and reminders do, on the virtual clock.</summary>
public sealed class ClockTests
{
    private static readonly OrchestratorId One = ClusterUnderTest.Orchestrator(1);

    [Fact]
    public async Task An_enrolled_orchestrator_queues_its_tests_by_its_own_timer()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        var jobs = new List<TestJob>();
        for (var i = 0; i < 36_000 && jobs.Count < 5; i++)
        {
            jobs.AddRange(await under.Hub.LeaseAsync(ClusterUnderTest.Fra, 10, TimeSpan.Zero, CancellationToken.None));
            under.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(5, jobs.Select(j => j.Id).Distinct().Count());
    }

    [Fact]
    public async Task An_orchestrator_that_has_left_memory_is_brought_back_by_its_reminder()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        await under.Cluster.DeactivateAsync(under.Grain(One));
        var before = under.Storage.Writes;
        var isBack = false;
        for (var i = 0; i < 200_000 && !isBack; i++)
        {
            under.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
            isBack = under.Storage.Writes > before;
        }

        Assert.True(isBack, "Nothing was written in days of virtual time: no reminder came.");
    }
}
