using Monitoring.Core;
using Monitoring.Storage;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Probing.Tests.Worker;

public sealed class RegionWorkerTests
{
    [Fact]
    public async Task It_leases_as_many_jobs_as_it_has_free_workers()
    {
        await using var region = new RegionUnderTest(workers: 3);
        Assert.Equal(3, await region.Hub.NextLeaseAsync());
        region.Hub.Offer(RegionUnderTest.Job(1), RegionUnderTest.Job(2));
        var first = await region.Tester.NextAsync();
        var second = await region.Tester.NextAsync();
        Assert.Equal(1, await region.Hub.NextLeaseAsync());
        region.Hub.Offer(RegionUnderTest.Job(3));
        var third = await region.Tester.NextAsync();

        // All are busy: it asks for nothing until one is free.
        region.Hub.Offer(RegionUnderTest.Job(4));
        Assert.False(region.Hub.HasLease);
        second.End();
        Assert.Equal(1, await region.Hub.NextLeaseAsync());
        var fourth = await region.Tester.NextAsync();
        Assert.Equal(RegionUnderTest.Job(4).Id, fourth.Job.Id);
        foreach (var test in new[] { first, third, fourth }) test.End();
    }

    [Fact]
    public async Task A_test_that_is_handed_out_twice_is_begun_once_and_takes_one_worker()
    {
        await using var region = new RegionUnderTest(workers: 3);
        await region.Hub.NextLeaseAsync();
        region.Hub.Offer(RegionUnderTest.Job(1), RegionUnderTest.Job(1));
        var first = await region.Tester.NextAsync();
        Assert.Equal(2, await region.Hub.NextLeaseAsync());
        region.Hub.Offer(RegionUnderTest.Job(1));
        Assert.Equal(2, await region.Hub.NextLeaseAsync());
        region.Hub.Offer(RegionUnderTest.Job(2));
        var second = await region.Tester.NextAsync();
        Assert.Equal(RegionUnderTest.Job(2).Id, second.Job.Id);
        Assert.False(region.Tester.HasStarted);
        first.End();
        second.End();
    }

    [Fact]
    public async Task A_test_starts_at_its_planned_instant_and_not_before()
    {
        await using var region = new RegionUnderTest(workers: 1);
        region.Hub.Offer(RegionUnderTest.Job(1, TimeSpan.FromSeconds(20)));
        await region.Hub.NextLeaseAsync();
        await region.UntilAsync(() => region.Time.TimerCount > 0, moveClock: false);
        region.Time.Advance(TimeSpan.FromSeconds(20) - TimeSpan.FromTicks(1));
        Assert.False(region.Tester.HasStarted);
        region.Time.Advance(TimeSpan.FromTicks(1));
        (await region.Tester.NextAsync()).End();
        Assert.Equal(RegionUnderTest.Job(1).Id, (await region.Hub.NextReportAsync()).Id);
    }

    [Fact]
    public async Task A_process_that_was_frozen_past_the_last_moment_starts_nothing()
    {
        await using var region = new RegionUnderTest(workers: 1);
        region.Hub.Offer(RegionUnderTest.Job(1, TimeSpan.FromSeconds(20)));
        await region.Hub.NextLeaseAsync();
        await region.UntilAsync(() => region.Time.TimerCount > 0, moveClock: false);
        region.Time.Jump(TimeSpan.FromSeconds(25) + TimeSpan.FromTicks(1));
        Assert.Equal((RegionUnderTest.Job(1).Id, OutcomeCode.NoWorker), await region.Hub.NextReturnAsync());
        Assert.False(region.Tester.HasStarted);
    }

    [Fact]
    public async Task A_test_may_start_at_the_very_last_moment()
    {
        await using var region = new RegionUnderTest(workers: 1);
        region.Hub.Offer(RegionUnderTest.Job(1, TimeSpan.FromSeconds(20)));
        await region.Hub.NextLeaseAsync();
        await region.UntilAsync(() => region.Time.TimerCount > 0, moveClock: false);
        region.Time.Jump(TimeSpan.FromSeconds(25));
        (await region.Tester.NextAsync()).End();
    }

    [Fact]
    public async Task A_health_check_that_lasts_beyond_the_last_moment_makes_the_test_void_and_not_late()
    {
        var gate = new TaskCompletionSource();
        await using var region = new RegionUnderTest(workers: 1, prepare: r => r.Health.BeforeGate = gate.Task);
        region.Hub.Offer(RegionUnderTest.Job(1));
        await region.Health.Asked.Task.WaitAsync(RegionUnderTest.Soon());
        region.Time.Advance(TimeSpan.FromSeconds(5) + TimeSpan.FromTicks(1));
        gate.SetResult();
        Assert.Equal(OutcomeCode.OurOverload, (await region.Hub.NextReportAsync()).Outcome.Code);
        Assert.False(region.Tester.HasStarted);
    }

    [Fact]
    public async Task Asked_to_stop_it_gives_back_what_it_has_not_begun()
    {
        await using var region = new RegionUnderTest(workers: 2);
        region.Hub.Offer(RegionUnderTest.Job(1, TimeSpan.FromSeconds(20)), RegionUnderTest.Job(2, TimeSpan.FromSeconds(30)));
        await region.Hub.NextLeaseAsync();
        await region.UntilAsync(() => region.Time.TimerCount >= 2, moveClock: false);
        await region.StopAsync();
        var returned = new[] { await region.Hub.NextReturnAsync(), await region.Hub.NextReturnAsync() }.OrderBy(r => r.Test).ToArray();
        Assert.Equal([(RegionUnderTest.Job(1).Id, OutcomeCode.ShuttingDown), (RegionUnderTest.Job(2).Id, OutcomeCode.ShuttingDown)], returned);
        Assert.False(region.Tester.HasStarted);
    }

    [Fact]
    public async Task Asked_to_stop_it_cuts_tests_short_reports_what_they_came_to_and_ends_without_waiting()
    {
        await using var region = new RegionUnderTest(workers: 1);
        region.Hub.Offer(RegionUnderTest.Job(1));
        var test = await region.Tester.NextAsync();
        await using var _ = test.Cancelled.Register(() => test.End(OutcomeCode.OurShutdown));

        // The clock stands still: nothing here may wait for a grace to pass.
        await region.StopAsync();
        Assert.Equal(OutcomeCode.OurShutdown, (await region.Hub.NextReportAsync()).Outcome.Code);
        Assert.Equal(0, region.Spool.Count);
    }

    [Fact]
    public async Task A_tester_that_throws_as_it_is_cut_short_makes_the_test_void_for_the_shutdown()
    {
        await using var region = new RegionUnderTest(workers: 1);
        region.Hub.Offer(RegionUnderTest.Job(1));
        var test = await region.Tester.NextAsync();
        await using var _ = test.Cancelled.Register(() => test.Throw(new OperationCanceledException(test.Cancelled)));
        await region.StopAsync();
        Assert.Equal(OutcomeCode.OurShutdown, (await region.Hub.NextReportAsync()).Outcome.Code);
    }

    [Fact]
    public async Task A_control_that_hangs_does_not_hold_up_the_stop()
    {
        await using var region = new RegionUnderTest(workers: 1, prepare: r => r.Health.BeforeGate = new TaskCompletionSource().Task);
        region.Hub.Offer(RegionUnderTest.Job(1));
        await region.Health.Asked.Task.WaitAsync(RegionUnderTest.Soon());
        await region.StopAsync();
        Assert.Equal(OutcomeCode.OurShutdown, (await region.Hub.NextReportAsync()).Outcome.Code);
        Assert.False(region.Tester.HasStarted);
    }

    [Fact]
    public async Task A_stop_while_we_ask_whether_a_fault_was_ours_forgets_nothing_of_what_was_spent()
    {
        await using var region = new RegionUnderTest(workers: 1, prepare: r => r.Health.AfterGate = new TaskCompletionSource().Task);
        region.Hub.Offer(RegionUnderTest.Job(1));
        (await region.Tester.NextAsync()).End(OutcomeCode.Unreachable, new Spend(new Rational(7, 2), 0, 3));
        await region.UntilAsync(() => region.Health.FreshChecks == 1, moveClock: false);
        await region.StopAsync();
        var reported = await region.Hub.NextReportAsync();
        Assert.Equal((OutcomeCode.OurShutdown, 4, 3), (reported.Outcome.Code, reported.Summary.Spend.Wei(), reported.Summary.Spend.Tickets));
    }

    [Fact]
    public async Task A_result_is_spooled_before_it_is_reported_and_deleted_only_when_it_is_acknowledged()
    {
        var acknowledge = new TaskCompletionSource<ReportAnswer>();
        var spooledAtReport = new TaskCompletionSource<int>();
        await using var region = new RegionUnderTest(workers: 1);
        region.Hub.OnReport = _ =>
        {
            spooledAtReport.TrySetResult(Directory.GetFiles(region.SpoolFolder, "*.json").Length);
            return acknowledge.Task;
        };
        region.Hub.Offer(RegionUnderTest.Job(1));
        (await region.Tester.NextAsync()).End();
        Assert.Equal(1, await spooledAtReport.Task.WaitAsync(RegionUnderTest.Soon()));
        Assert.Single(Directory.GetFiles(region.SpoolFolder, "*.json"));
        acknowledge.SetResult(new ReportAnswer(true, ""));
        await region.UntilAsync(() => region.Spool.Count == 0, moveClock: false);
        Assert.Empty(Directory.GetFiles(region.SpoolFolder));
    }

    [Fact]
    public async Task A_result_that_the_hub_refuses_for_good_is_not_reported_again()
    {
        await using var region = new RegionUnderTest(workers: 1);
        region.Hub.OnReport = _ => Task.FromResult(new ReportAnswer(false, "no such test was planned"));
        region.Hub.Offer(RegionUnderTest.Job(1));
        (await region.Tester.NextAsync()).End();
        await region.Hub.NextReportAsync();
        await region.UntilAsync(() => region.Spool.Count == 0, moveClock: false);
    }

    [Fact]
    public async Task While_the_hub_is_down_for_hours_nothing_is_lost_and_all_is_reported_once_when_it_is_back()
    {
        await using var region = new RegionUnderTest(workers: 4);
        region.Hub.Offer([.. Enumerable.Range(1, 4).Select(n => RegionUnderTest.Job(n))]);
        var tests = new List<RunningTest>();
        for (var n = 0; n < 4; n++) tests.Add(await region.Tester.NextAsync());
        region.Hub.Down = new HttpRequestException("the hub is down");
        foreach (var test in tests) test.End();
        await region.UntilAsync(() => region.Spool.Count == 4, moveClock: false);
        for (var hour = 0; hour < 3; hour++)
        {
            await region.WhileTimePassesAsync(region.Hub.NextFailureAsync().AsTask());
            region.Time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(4, region.Spool.Count);
        region.Hub.Down = null;
        var reported = new List<TestId>();
        for (var n = 0; n < 4; n++) reported.Add((await region.WhileTimePassesAsync(region.Hub.NextReportAsync().AsTask())).Id);
        Assert.Equal(tests.Select(t => t.Job.Id).Order(), reported.Order());
        await region.UntilAsync(() => region.Spool.Count == 0);
        Assert.False(region.Hub.HasReport);
    }

    [Fact]
    public async Task Work_that_was_refused_for_a_while_is_asked_for_again()
    {
        await using var region = new RegionUnderTest(workers: 1, prepare: r => r.Hub.Down = new HttpRequestException("the hub is down"));
        await region.WhileTimePassesAsync(region.Hub.NextFailureAsync().AsTask());
        region.Hub.Down = null;
        var now = region.Time.GetUtcNow();
        region.Hub.Offer(RegionUnderTest.Job(1, now - RegionUnderTest.Start) with { NotAfter = now.AddYears(10), Deadline = now.AddYears(11) });
        (await region.WhileTimePassesAsync(region.Tester.NextAsync().AsTask())).End();
    }

    [Fact]
    public async Task A_full_spool_leases_nothing_until_the_hub_has_taken_some()
    {
        var acknowledge = new TaskCompletionSource<ReportAnswer>();
        await using var region = new RegionUnderTest(workers: 1, bounds: new SpoolBounds { Items = 1 });
        region.Hub.OnReport = _ => acknowledge.Task;
        Assert.Equal(1, await region.Hub.NextLeaseAsync());
        region.Hub.Offer(RegionUnderTest.Job(1));
        (await region.Tester.NextAsync()).End();
        await region.UntilAsync(() => region.Spool.IsFull, moveClock: false);
        region.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(region.Hub.HasLease);
        acknowledge.SetResult(new ReportAnswer(true, ""));
        await region.WhileTimePassesAsync(region.Hub.NextLeaseAsync().AsTask());
    }

    [Fact]
    public async Task A_result_that_finds_the_spool_full_waits_for_room_and_is_not_dropped()
    {
        var acknowledge = new TaskCompletionSource<ReportAnswer>();
        await using var region = new RegionUnderTest(workers: 2, bounds: new SpoolBounds { Items = 1 });
        region.Hub.OnReport = _ => acknowledge.Task;
        region.Hub.Offer(RegionUnderTest.Job(1), RegionUnderTest.Job(2));
        (await region.Tester.NextAsync()).End();
        (await region.Tester.NextAsync()).End();
        await region.UntilAsync(() => region.Spool.IsFull, moveClock: false);
        acknowledge.SetResult(new ReportAnswer(true, ""));
        var reported = new List<TestId>();
        for (var n = 0; n < 2; n++) reported.Add((await region.WhileTimePassesAsync(region.Hub.NextReportAsync().AsTask())).Id);
        Assert.Equal([RegionUnderTest.Job(1).Id, RegionUnderTest.Job(2).Id], reported.Order());
    }

    [Fact]
    public async Task A_disk_that_fails_as_a_result_is_deleted_does_not_end_the_reports()
    {
        FailingRemoval? failing = null;
        await using var region = new RegionUnderTest(workers: 1, wrap: s => failing = new FailingRemoval(s));
        failing!.Fails = true;
        region.Hub.Offer(RegionUnderTest.Job(1));
        (await region.Tester.NextAsync()).End();
        await region.Hub.NextReportAsync();
        await failing.Failed.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        failing.Fails = false;

        // Reported again, which is harmless, and then deleted; and what comes after it is reported too.
        Assert.Equal(RegionUnderTest.Job(1).Id, (await region.WhileTimePassesAsync(region.Hub.NextReportAsync().AsTask())).Id);
        await region.UntilAsync(() => region.Spool.Count == 0);
        var now = region.Time.GetUtcNow();
        region.Hub.Offer(RegionUnderTest.Job(2, now - RegionUnderTest.Start) with { NotAfter = now.AddYears(10), Deadline = now.AddYears(11) });
        (await region.WhileTimePassesAsync(region.Tester.NextAsync().AsTask())).End();
        Assert.Equal(RegionUnderTest.Job(2).Id, (await region.WhileTimePassesAsync(region.Hub.NextReportAsync().AsTask())).Id);
    }

    [Fact]
    public async Task A_tester_that_throws_makes_the_test_void()
    {
        await using var region = new RegionUnderTest(workers: 1);
        region.Hub.Offer(RegionUnderTest.Job(1));
        (await region.Tester.NextAsync()).Throw(new InvalidOperationException("a bug of ours"));
        var reported = await region.Hub.NextReportAsync();
        Assert.Equal((RegionUnderTest.Job(1).Id, OutcomeCode.OurFault), (reported.Id, reported.Outcome.Code));
        Assert.Contains("a bug of ours", reported.Outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_while_we_are_unwell_is_void_with_our_own_code_and_keeps_its_numbers()
    {
        await using var region = new RegionUnderTest(workers: 1, prepare: r => r.Health.After = new OwnHealthReport(OutcomeCode.OurNetwork, "control a.example: no answer"));
        region.Hub.Offer(RegionUnderTest.Job(1));
        (await region.Tester.NextAsync()).End(OutcomeCode.Unreachable);
        var reported = await region.Hub.NextReportAsync();
        Assert.Equal(OutcomeCode.OurNetwork, reported.Outcome.Code);
        Assert.Contains("a.example", reported.Outcome.Detail, StringComparison.Ordinal);
        Assert.Contains("Unreachable", reported.Outcome.Detail, StringComparison.Ordinal);
        Assert.Equal(60, reported.Summary.Sums.Expected);
    }

    [Fact]
    public async Task A_fault_while_we_are_well_stays_a_fault_and_a_success_is_not_doubted()
    {
        await using var region = new RegionUnderTest(workers: 1);
        region.Hub.Offer(RegionUnderTest.Job(1));
        (await region.Tester.NextAsync()).End(OutcomeCode.Unreachable);
        Assert.Equal(OutcomeCode.Unreachable, (await region.Hub.NextReportAsync()).Outcome.Code);
        Assert.Equal(1, region.Health.FreshChecks);
        region.Hub.Offer(RegionUnderTest.Job(2));
        (await region.Tester.NextAsync()).End();
        Assert.Equal(OutcomeCode.Completed, (await region.Hub.NextReportAsync()).Outcome.Code);
        Assert.Equal(1, region.Health.FreshChecks);
    }

    [Fact]
    public async Task A_region_that_is_unfit_sends_nothing_and_says_which_of_our_faults_it_is()
    {
        await using var region = new RegionUnderTest(workers: 1, prepare: r => r.Health.Before = new OwnHealthReport(OutcomeCode.OurClock, "our clock is 9 s off"));
        region.Hub.Offer(RegionUnderTest.Job(1));
        var reported = await region.Hub.NextReportAsync();
        Assert.Equal((OutcomeCode.OurClock, "our clock is 9 s off"), (reported.Outcome.Code, reported.Outcome.Detail));
        Assert.Equal((RegionUnderTest.Start, default), (reported.PlannedAt, reported.Summary.Sums));
        Assert.False(region.Tester.HasStarted);
    }

    [Fact]
    public async Task What_was_spooled_before_a_restart_is_reported_after_it()
    {
        var left = RegionUnderTest.Result(RegionUnderTest.Job(7));
        await using var region = new RegionUnderTest(workers: 1, prepare: r => r.Spool.AddAsync(left.Id, left, CancellationToken.None).GetAwaiter().GetResult());
        var reported = await region.Hub.NextReportAsync();
        Assert.Equal((left.Id, left.Outcome, left.Summary.Sums), (reported.Id, reported.Outcome, reported.Summary.Sums));
        await region.UntilAsync(() => region.Spool.Count == 0, moveClock: false);
    }

    [Fact]
    public async Task What_the_hub_does_not_take_before_the_stop_stays_spooled()
    {
        await using var region = new RegionUnderTest(workers: 1);
        region.Hub.Offer(RegionUnderTest.Job(1));
        var test = await region.Tester.NextAsync();
        region.Hub.Down = new HttpRequestException("the hub is down");
        test.End();
        await region.Hub.NextFailureAsync();
        await region.StopWhileTimePassesAsync();
        Assert.Equal(1, region.Spool.Count);
        Assert.Single(Directory.GetFiles(region.SpoolFolder, "*.json"));
        Assert.False(region.Hub.HasReport);
    }

    [Fact]
    public async Task The_same_test_leased_twice_is_one_result_in_the_spool()
    {
        var acknowledge = new TaskCompletionSource<ReportAnswer>();
        var adds = 0;
        await using var region = new RegionUnderTest(workers: 1, wrap: s => new CountingSpool(s, () => Interlocked.Increment(ref adds)));
        region.Hub.OnReport = _ => acknowledge.Task;

        // Once more after the first was spooled, which no worker remembers.
        for (var i = 0; i < 2; i++)
        {
            await region.Hub.NextLeaseAsync();
            region.Hub.Offer(RegionUnderTest.Job(1));
            (await region.Tester.NextAsync()).End();
        }

        await region.UntilAsync(() => Volatile.Read(ref adds) == 2, moveClock: false);
        Assert.Equal(1, region.Spool.Count);
        acknowledge.SetResult(new ReportAnswer(true, ""));
        await region.UntilAsync(() => region.Spool.Count == 0, moveClock: false);
    }

    /// <summary>A spool that tells when an item was taken.</summary>
    private sealed class CountingSpool(ISpool<TestResult> inner, Action added) : ISpool<TestResult>
    {
        public int Count => inner.Count;

        public bool IsFull => inner.IsFull;

        public async Task AddAsync(TestId id, TestResult item, CancellationToken cancellationToken)
        {
            await inner.AddAsync(id, item, cancellationToken);
            added();
        }

        public Task<IReadOnlyList<(TestId Id, TestResult Item)>> PeekAsync(int most, CancellationToken cancellationToken) => inner.PeekAsync(most, cancellationToken);

        public Task RemoveAsync(TestId id, CancellationToken cancellationToken) => inner.RemoveAsync(id, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    /// <summary>A spool on a disk that does not delete.</summary>
    private sealed class FailingRemoval(ISpool<TestResult> inner) : ISpool<TestResult>
    {
        public volatile bool Fails;

        public TaskCompletionSource Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Count => inner.Count;

        public bool IsFull => inner.IsFull;

        public Task AddAsync(TestId id, TestResult item, CancellationToken cancellationToken) => inner.AddAsync(id, item, cancellationToken);

        public Task<IReadOnlyList<(TestId Id, TestResult Item)>> PeekAsync(int most, CancellationToken cancellationToken) => inner.PeekAsync(most, cancellationToken);

        public Task RemoveAsync(TestId id, CancellationToken cancellationToken)
        {
            if (!Fails) return inner.RemoveAsync(id, cancellationToken);
            Failed.TrySetResult();
            return Task.FromException(new IOException("the disk does not delete"));
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
