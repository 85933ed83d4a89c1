using Microsoft.Extensions.DependencyInjection;
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
        // The registry, which tells everybody once an hour, must not be the one that wakes it.
        var rules = ClusterUnderTest.Rules with { EnrolAgainEvery = TimeSpan.FromDays(1000) };
        OrchestratorId[] all = [.. Enumerable.Range(1, 8).Select(ClusterUnderTest.Orchestrator)];
        await using var under = await ClusterUnderTest.StartAsync(1, rules, all);
        foreach (var id in all) await under.Cluster.DeactivateAsync(under.Grain(id));
        var reminders = await under.Cluster.GetSiloServiceProvider().GetRequiredService<IReminderTable>().ReadRows(0, 0);
        Assert.Equal(8, reminders.Reminders.Count);
        Assert.Equal(8, reminders.Reminders.Select(r => r.StartAt).Distinct().Count());
        var last = reminders.Reminders.MaxBy(r => r.StartAt)!;
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        under.Storage.OnWrite = (_, grain) =>
        {
            if (grain == last.GrainId) woken.TrySetResult();
            return null;
        };

        // By then tests were due that nobody ran, which the reminder finds.
        under.Time.Advance(last.StartAt - under.Time.GetUtcNow().UtcDateTime + TimeSpan.FromSeconds(1));
        await woken.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }
}
