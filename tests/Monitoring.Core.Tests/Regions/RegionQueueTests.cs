namespace Monitoring.Core.Tests;

public sealed class RegionQueueTests
{
    private static readonly DateTimeOffset At = Sample.Noon;
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(30);

    private static TestJob Job(int number, DateTimeOffset notBefore) => new()
    {
        Id = TestId.Parse("t-" + number.ToString("D5", null)),
        Orchestrator = Sample.Orchestrator(number),
        Region = Sample.Mdw,
        ServiceUri = "https://one.example:8935",
        NotBefore = notBefore,
        NotAfter = notBefore + Sample.Schedule.StartTolerance,
        Deadline = notBefore + Sample.Schedule.StartTolerance + Sample.Schedule.TestBudget,
    };

    private static RegionQueue QueueOf(params TestJob[] jobs) => jobs.Aggregate(RegionQueue.Empty, (queue, job) => queue.Add(job).Queue);

    [Fact]
    public void Jobs_are_leased_once_each_in_order_of_their_instants()
    {
        var queue = QueueOf(Job(3, At.AddSeconds(2)), Job(1, At), Job(2, At));
        (queue, var first) = queue.Lease(At, 2, Ahead);
        (queue, var second) = queue.Lease(At, 2, Ahead);
        (queue, var third) = queue.Lease(At, 2, Ahead);
        Assert.Equal(["t-00001", "t-00002"], first.Select(j => j.Id.Text));
        Assert.Equal(["t-00003"], second.Select(j => j.Id.Text));
        Assert.Empty(third);
        Assert.Equal((0, 3), (queue.Waiting, queue.Leased));
        Assert.True(queue.IsLeased(TestId.Parse("t-00001")));
    }

    [Fact]
    public void A_job_is_leased_no_earlier_than_it_may_be_and_no_later_than_it_can_start()
    {
        var job = Job(1, At);
        Assert.Equal(At - Ahead, QueueOf(job).NextLeaseAt(Ahead));
        Assert.Null(RegionQueue.Empty.NextLeaseAt(Ahead));
        Assert.Empty(QueueOf(job).Lease(At - Ahead - TimeSpan.FromTicks(1), 1, Ahead).Jobs);
        Assert.Single(QueueOf(job).Lease(At - Ahead, 1, Ahead).Jobs);
        Assert.Single(QueueOf(job).Lease(job.NotAfter, 1, Ahead).Jobs);
        var (queue, jobs) = QueueOf(job).Lease(job.NotAfter.AddTicks(1), 1, Ahead);
        Assert.Empty(jobs);
        Assert.Equal((0, 0), (queue.Waiting, queue.Leased));
    }

    [Fact]
    public void A_region_without_a_free_worker_gets_nothing_and_loses_nothing_it_could_still_start()
    {
        var (queue, jobs) = QueueOf(Job(1, At), Job(2, At.AddMinutes(-5))).Lease(At, 0, Ahead);
        Assert.Empty(jobs);
        Assert.Equal(1, queue.Waiting);
        Assert.Equal(At, queue.LastAsked);
    }

    [Fact]
    public void Queueing_a_job_twice_is_queueing_it_once_also_while_it_is_leased()
    {
        var queue = QueueOf(Job(1, At), Job(1, At));
        Assert.Equal(1, queue.Waiting);
        queue = queue.Lease(At, 1, Ahead).Queue;
        var (again, taken) = queue.Add(Job(1, At));
        Assert.True(taken);
        Assert.Equal((0, 1), (again.Waiting, again.Leased));
    }

    [Fact]
    public void A_job_can_be_taken_back_whether_it_waits_is_leased_or_is_not_there()
    {
        var queue = QueueOf(Job(1, At), Job(2, At.AddHours(1)));
        Assert.Equal(1, queue.Remove(TestId.Parse("t-00001")).Waiting);
        var leased = queue.Lease(At, 1, Ahead).Queue;
        Assert.Equal((1, 0), (leased.Remove(TestId.Parse("t-00001")).Waiting, leased.Remove(TestId.Parse("t-00001")).Leased));
        Assert.Same(queue, queue.Remove(TestId.Parse("t-00009")));
    }

    [Fact]
    public void A_full_queue_says_so_and_keeps_what_it_has()
    {
        var queue = QueueOf([.. Enumerable.Range(0, RegionQueue.Capacity).Select(i => Job(i, At))]);
        var (same, taken) = queue.Add(Job(99_999, At));
        Assert.False(taken);
        Assert.Equal(RegionQueue.Capacity, same.Waiting);
        Assert.True(queue.Add(Job(0, At)).Taken);
    }

    [Fact]
    public void A_region_is_stale_when_nobody_asked_for_longer_than_the_limit()
    {
        var limit = TimeSpan.FromMinutes(2);
        Assert.True(RegionQueue.Empty.IsStale(At, limit));
        var asked = RegionQueue.Empty.Lease(At, 1, Ahead).Queue;
        Assert.False(asked.IsStale(At + limit, limit));
        Assert.True(asked.IsStale(At + limit + TimeSpan.FromTicks(1), limit));
    }
}
