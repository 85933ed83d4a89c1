using Monitoring.Core;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Cluster.Tests.Orchestrators;

/// <summary>A silo dies without a word while regions lease and report.</summary>
public sealed class KillTests
{
    private static readonly OrchestratorId[] All = [.. Enumerable.Range(1, 6).Select(ClusterUnderTest.Orchestrator)];

    [Fact]
    public async Task A_silo_that_is_killed_loses_no_acknowledged_result_and_counts_none_twice()
    {
        await using var under = await ClusterUnderTest.StartAsync(3, null, All);
        var acknowledged = new HashSet<TestId>();
        var leased = new HashSet<TestId>();
        var spool = new Queue<TestResult>();
        for (var i = 0; i < 2_000 && acknowledged.Count < 60; i++)
        {
            if (i == 60) await under.Cluster.KillSiloAsync(under.Cluster.Silos[1]);
            under.Time.Advance(TimeSpan.FromSeconds(5));
            foreach (var id in All) await TryAsync(() => under.Grain(id).Tick());
            foreach (var region in ClusterUnderTest.Rules.Policy.Schedule.Regions)
            {
                await TryAsync(async () =>
                {
                    foreach (var job in await under.Hub.LeaseAsync(region, 100, TimeSpan.Zero, CancellationToken.None))
                    {
                        Assert.True(leased.Add(job.Id), $"{job.Id} was leased twice.");
                        spool.Enqueue(ClusterUnderTest.Result(job));
                    }
                });
            }

            // As a region does it: what is not acknowledged stays in the spool and is reported again.
            for (var n = spool.Count; n > 0; n--)
            {
                var result = spool.Dequeue();
                var isTaken = await TryAsync(async () => Assert.True((await under.Hub.ReportAsync(result, CancellationToken.None)).Accepted));
                if (isTaken) acknowledged.Add(result.Id);
                else spool.Enqueue(result);
            }
        }

        Assert.True(acknowledged.Count >= 60, $"Only {acknowledged.Count} results were taken.");
        Assert.Equal(2, under.Cluster.GetActiveSilos().Count());
        var stored = (await under.StoredAsync()).Where(r => r.Revision == OutcomeRevision.Measured).ToList();
        Assert.Equal(stored.Count, stored.Select(r => r.Test).Distinct().Count());
        Assert.Empty(acknowledged.Except(stored.Select(r => r.Test)));
        var counted = 0;
        foreach (var id in All) counted += (await under.Grain(id).Row())?.Cells.Sum(c => c.Cell.Tests) ?? 0;
        Assert.Equal(stored.Count, counted);
        Assert.Equal(counted, (await under.BoardAsync()).Rows.SelectMany(r => r.Cells).Sum(c => c.Cell.Tests));
    }

    private static async Task<bool> TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (Exception e) when (e is Orleans.Runtime.OrleansException or TimeoutException or InvalidOperationException)
        {
            return false;
        }
    }
}
