using Monitoring.Cluster.Health;
using Monitoring.Core;

namespace Monitoring.Cluster.Tests.Regions;

/// <summary>Of what a region reports only that is believed which it was leased and which can be true.</summary>
public sealed class SealTests
{
    private static readonly OrchestratorId One = ClusterUnderTest.Orchestrator(1);
    private static readonly RegionId Fra = ClusterUnderTest.Fra;

    [Fact]
    public async Task A_result_without_the_seal_of_its_lease_is_refused_and_shown_as_a_lie()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        var job = (await under.LeaseSomeAsync(Fra, One)).Single();
        var result = ClusterUnderTest.Result(job);
        foreach (var lie in new[] { result with { Lease = "" }, result with { Lease = job.Lease[..^1] + (job.Lease[^1] == '0' ? '1' : '0') }, result with { PlannedAt = job.NotBefore.AddSeconds(1) } })
        {
            var answer = await under.Hub.ReportAsync(lie, CancellationToken.None);
            Assert.Equal((false, "it was never leased to this region"), (answer.Accepted, answer.Reason));
        }

        var refused = Assert.Single((await under.Grains.GetGrain<IRegionHealthGrain>(0).Standings()).Single(s => s.Region == Fra).Refused);
        Assert.Equal(("Lie", 3), (refused.Kind, refused.Count));
        Assert.True((await under.Hub.ReportAsync(result, CancellationToken.None)).Accepted);
    }

    [Fact]
    public async Task A_seal_holds_over_the_death_of_the_silo_that_made_it()
    {
        await using var under = await ClusterUnderTest.StartAsync(2, null, One);
        var job = (await under.LeaseSomeAsync(Fra, One)).Single();
        await under.Cluster.KillSiloAsync(under.Cluster.Silos[1]);
        var fresh = await under.Cluster.StartAdditionalSiloAsync();
        Assert.True(fresh.IsActive);
        for (var i = 0; ; i++)
        {
            try
            {
                Assert.True((await under.Hub.ReportAsync(ClusterUnderTest.Result(job), CancellationToken.None)).Accepted);
                return;
            }
            catch (Exception e) when (i < 20 && e is Orleans.Runtime.OrleansException or TimeoutException)
            {
            }
        }
    }

    [Fact]
    public async Task What_cannot_be_true_is_refused()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        var job = (await under.LeaseSomeAsync(Fra, One)).Single();
        var result = ClusterUnderTest.Result(job);
        var early = result with { Summary = result.Summary with { StartedAt = job.NotBefore.AddMinutes(-1) } };
        Assert.Contains("before", (await under.Hub.ReportAsync(early, CancellationToken.None)).Reason, StringComparison.Ordinal);
        var late = result with { Summary = result.Summary with { Elapsed = TimeSpan.FromSeconds(30) } };
        Assert.Contains("after it was reported", (await under.Hub.ReportAsync(late, CancellationToken.None)).Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(await under.StoredAsync(), r => r.Revision == OutcomeRevision.Measured);
    }

    [Fact]
    public async Task A_counted_result_of_another_method_is_refused()
    {
        await using var under = await ClusterUnderTest.StartAsync(1, ClusterUnderTest.Rules with { Method = TestMethod.StreamTest("clip1", 15, 2) }, One);
        var job = (await under.LeaseSomeAsync(Fra, One)).Single();
        Assert.Contains("Tests:Streams", (await under.Hub.ReportAsync(ClusterUnderTest.Result(job), CancellationToken.None)).Reason, StringComparison.Ordinal);
    }
}
