using Monitoring.Cluster.Regions;
using Monitoring.Core;

namespace Monitoring.Cluster.Tests.Regions;

public sealed class RegionQueueGrainTests
{
    private static readonly OrchestratorId One = ClusterUnderTest.Orchestrator(1);
    private static readonly RegionId Fra = ClusterUnderTest.Fra;
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_job_is_leased_once_and_in_its_own_region()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        var fra = await under.LeaseSomeAsync(Fra, One);
        Assert.All(fra, j => Assert.Equal(Fra, j.Region));
        Assert.Empty(await under.Hub.LeaseAsync(Fra, 100, TimeSpan.Zero, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => under.Hub.LeaseAsync(RegionId.Parse("NYC"), 100, TimeSpan.Zero, CancellationToken.None));
        Assert.True(await under.Hub.ExtendAsync(Fra, fra[0].Id, CancellationToken.None));
        Assert.False(await under.Hub.ExtendAsync(ClusterUnderTest.Mdw, fra[0].Id, CancellationToken.None));
    }

    [Fact]
    public async Task A_job_that_another_queue_has_handed_out_is_not_handed_out_again()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        var job = (await under.LeaseSomeAsync(Fra, One)).Single();

        // As while silos come and go: a queue that knows nothing of the lease, and has the job.
        var queue = under.Grains.GetGrain<IRegionQueueGrain>(Fra.Code);
        await under.Cluster.DeactivateAsync(queue);
        Assert.True(await queue.Enqueue(job));
        Assert.Empty(await under.Hub.LeaseAsync(Fra, 100, TimeSpan.Zero, CancellationToken.None));
        Assert.True((await under.Hub.ReportAsync(ClusterUnderTest.Result(job), CancellationToken.None)).Accepted);
    }

    [Fact]
    public async Task A_job_that_is_given_back_is_not_run_and_not_handed_out_again()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        var job = (await under.LeaseSomeAsync(Fra, One)).Single();
        await under.Hub.ReturnAsync(Fra, job.Id, OutcomeCode.ShuttingDown, CancellationToken.None);
        Assert.False(await under.Hub.ExtendAsync(Fra, job.Id, CancellationToken.None));
        await under.Grain(One).Tick();
        Assert.Empty(await under.Hub.LeaseAsync(Fra, 100, TimeSpan.Zero, CancellationToken.None));
        Assert.Equal(OutcomeCode.ShuttingDown, (await under.StoredAsync()).Single(r => r.Test == job.Id).Outcome.Code);
    }

    [Fact]
    public async Task A_long_poll_ends_with_the_first_job_and_holds_up_nobody_meanwhile()
    {
        await using var under = await ClusterUnderTest.StartAsync();
        var polling = under.Hub.LeaseAsync(Fra, 1, TimeSpan.FromMinutes(1), CancellationToken.None);
        var queue = under.Grains.GetGrain<IRegionQueueGrain>(Fra.Code);

        // Nobody planned this one, so it is not handed out.
        var job = Job(under.Time.GetUtcNow());
        Assert.True(await queue.Enqueue(job));
        await queue.Extend(job.Id);
        await under.EnrolAsync(One);
        while (!polling.IsCompleted)
        {
            under.Time.Advance(TimeSpan.FromMilliseconds(250));
            await under.Grain(One).Tick();
        }

        Assert.DoesNotContain(await polling, j => j.Id == job.Id);
        Assert.Single(await polling);
    }

    [Fact]
    public async Task A_long_poll_that_is_cancelled_leaves_its_job_to_the_next()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        using var gaveUp = new CancellationTokenSource();
        var polling = under.Hub.LeaseAsync(Fra, 100, TimeSpan.FromMinutes(1), gaveUp.Token);
        await gaveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => polling.WaitAsync(Generous, TestContext.Current.CancellationToken));
        Assert.Single(await under.LeaseSomeAsync(Fra, One));
    }

    [Fact]
    public async Task Long_polls_end_as_the_silo_shuts_down()
    {
        var under = await ClusterUnderTest.StartAsync(enrolled: One);
        var queue = under.Grains.GetGrain<IRegionQueueGrain>(ClusterUnderTest.Mdw.Code);
        var polling = queue.Lease(1, TimeSpan.FromMinutes(1), CancellationToken.None);
        await queue.Extend(TestId.OnDemand("barrier"));

        // The virtual clock stands still: nothing but the shutdown can end the poll.
        await under.Cluster.StopSiloAsync(under.Cluster.Silos[0]).WaitAsync(Generous, TestContext.Current.CancellationToken);
        Assert.Empty(await polling.WaitAsync(Generous, TestContext.Current.CancellationToken));
        await under.DisposeAsync();
    }

    [Fact]
    public async Task A_region_that_never_asks_becomes_stale_and_its_tests_end_as_not_run()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        for (var i = 0; i < 60 * 12; i++)
        {
            under.Time.Advance(TimeSpan.FromSeconds(1));
            await under.Grain(One).Tick();
            if (i % 20 == 0) await under.Hub.LeaseAsync(ClusterUnderTest.Mdw, 0 + 1, TimeSpan.Zero, CancellationToken.None);
        }

        Assert.True(await under.Grains.GetGrain<IRegionQueueGrain>(Fra.Code).IsStale());
        Assert.False(await under.Grains.GetGrain<IRegionQueueGrain>(ClusterUnderTest.Mdw.Code).IsStale());
        var fra = (await under.StoredAsync()).Where(r => r.Region == Fra).ToList();
        Assert.NotEmpty(fra);
        Assert.All(fra, r => Assert.Equal(OutcomeClass.NotRun, r.Outcome.Class));
        Assert.Contains(fra, r => r.Outcome.Code == OutcomeCode.RegionStale);
        Assert.DoesNotContain((await under.BoardAsync()).Rows.SelectMany(r => r.Cells), c => c.Region == Fra);
    }

    private static TestJob Job(DateTimeOffset now) => new()
    {
        Id = TestId.Planned(new DateOnly(2026, 11, 20), 470, Fra, One),
        Orchestrator = One,
        Region = Fra,
        ServiceUri = "https://192.0.2.1:8935",
        NotBefore = now,
        NotAfter = now.AddSeconds(9),
        Deadline = now.AddSeconds(24),
    };
}
