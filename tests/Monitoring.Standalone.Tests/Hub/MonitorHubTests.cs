using Monitoring.Core;
using Monitoring.Storage;
using Monitoring.Testing;
using Monitoring.Web;

namespace Monitoring.Standalone.Tests.Hub;

public sealed class MonitorHubTests
{
    private static readonly OrchestratorId One = HubUnderTest.Orchestrator(1);

    [Fact]
    public async Task A_reported_result_is_on_the_board_and_in_the_store()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: One);
        var job = (await under.LeaseSomeAsync(HubUnderTest.Fra)).Single();
        var answer = await under.Hub.ReportAsync(HubUnderTest.Result(job, received: 30), CancellationToken.None);
        Assert.True(answer.Accepted);
        var cell = Assert.Single(Assert.Single((await under.SettledBoardAsync()).Rows).Cells, c => c.Region == HubUnderTest.Fra).Cell;
        Assert.Equal(0.5, cell.SuccessRate);
        Assert.Equal(1 - Math.Exp(-2), cell.RoundTripScore, 12);
        var stored = await ReadAsync(under.Store);
        Assert.Equal(OutcomeCode.Partial, stored.Single(r => r.Test == job.Id).Outcome.Code);
        Assert.Equal("192.0.2.1:8935", (await under.Store.ReadEvidenceAsync(job.Id, job.NotBefore, CancellationToken.None))!.DialledAddress);
    }

    [Fact]
    public async Task The_same_report_twice_counts_once()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: One);
        var job = (await under.LeaseSomeAsync(HubUnderTest.Fra)).Single();
        Assert.True((await under.Hub.ReportAsync(HubUnderTest.Result(job), CancellationToken.None)).Accepted);
        Assert.True((await under.Hub.ReportAsync(HubUnderTest.Result(job, received: 0), CancellationToken.None)).Accepted);
        var cell = (await under.SettledBoardAsync()).Rows.Single().Cells.Single(c => c.Region == HubUnderTest.Fra).Cell;
        Assert.Equal((1, 1.0), (cell.Tests, cell.SuccessRate));
    }

    [Fact]
    public async Task A_result_nobody_planned_is_refused()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: One);
        var job = (await under.LeaseSomeAsync(HubUnderTest.Fra)).Single();
        var invented = HubUnderTest.Result(job) with { Id = TestId.Planned(new DateOnly(2026, 11, 20), 400, HubUnderTest.Fra, One) };
        Assert.False((await under.Hub.ReportAsync(invented, CancellationToken.None)).Accepted);
        var stranger = HubUnderTest.Result(job) with { Orchestrator = HubUnderTest.Orchestrator(99) };
        Assert.False((await under.Hub.ReportAsync(stranger, CancellationToken.None)).Accepted);
        Assert.Empty((await under.SettledBoardAsync()).Rows);
    }

    [Fact]
    public async Task A_result_of_an_earlier_process_is_not_refused_before_the_set_is_known()
    {
        using var scratch = new Scratch();
        var time = new VirtualTime(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        var under = await HubUnderTest.StartAsync(scratch, time, wrap: null, One);
        var job = (await under.LeaseSomeAsync(HubUnderTest.Fra)).Single();
        await under.KillAsync();
        await using var again = await HubUnderTest.StartAsync(scratch, time);

        // The region tries again after an error; after a refusal it would delete the result.
        await Assert.ThrowsAsync<InvalidOperationException>(() => again.Hub.ReportAsync(HubUnderTest.Result(job), CancellationToken.None));
        await again.EnrolAsync(One);
        Assert.True((await again.Hub.ReportAsync(HubUnderTest.Result(job), CancellationToken.None)).Accepted);
        Assert.Equal(OutcomeCode.Completed, (await ReadAsync(again.Store)).Single(r => r.Test == job.Id).Outcome.Code);
    }

    [Fact]
    public async Task A_job_is_leased_once_and_in_its_own_region()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: One);
        var fra = await under.LeaseSomeAsync(HubUnderTest.Fra);
        Assert.All(fra, j => Assert.Equal(HubUnderTest.Fra, j.Region));
        Assert.Empty(await under.Hub.LeaseAsync(HubUnderTest.Fra, 100, TimeSpan.Zero, CancellationToken.None));
        Assert.Empty(await under.Hub.LeaseAsync(RegionId.Parse("NYC"), 100, TimeSpan.Zero, CancellationToken.None));
        Assert.True(await under.Hub.ExtendAsync(HubUnderTest.Fra, fra[0].Id, CancellationToken.None));
        Assert.False(await under.Hub.ExtendAsync(HubUnderTest.Mdw, fra[0].Id, CancellationToken.None));
    }

    [Fact]
    public async Task A_long_poll_ends_with_the_first_job()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: One);
        var lease = under.Hub.LeaseAsync(HubUnderTest.Fra, 1, TimeSpan.FromHours(1), CancellationToken.None);
        for (var i = 0; i < 3600 && !lease.IsCompleted; i++)
        {
            under.Time.Advance(TimeSpan.FromSeconds(1));
            await under.Hub.ExtendAsync(HubUnderTest.Fra, TestId.OnDemand("nothing"), CancellationToken.None);
        }

        Assert.Single(await lease);
    }

    [Fact]
    public async Task A_lease_that_is_given_up_takes_no_job_away()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: One);

        // The plan is drawn anew each time: one test may be due at this very instant, and would answer before anybody gave up.
        await under.Hub.LeaseAsync(HubUnderTest.Fra, 100, TimeSpan.Zero, CancellationToken.None);
        using var gaveUp = new CancellationTokenSource();
        var lease = under.Hub.LeaseAsync(HubUnderTest.Fra, 1, TimeSpan.FromHours(1), gaveUp.Token);
        await gaveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lease);
        Assert.NotEmpty(await under.LeaseSomeAsync(HubUnderTest.Fra));
    }

    [Fact]
    public async Task A_test_that_is_given_back_is_not_run_and_says_why()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: One);
        var job = (await under.LeaseSomeAsync(HubUnderTest.Fra)).Single();
        await under.Hub.ReturnAsync(HubUnderTest.Fra, job.Id, OutcomeCode.ShuttingDown, CancellationToken.None);
        Assert.Equal(OutcomeCode.ShuttingDown, await OutcomeOfAsync(under, job.Id));
    }

    [Fact]
    public async Task A_late_result_replaces_not_run()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: One);
        var job = (await under.LeaseSomeAsync(HubUnderTest.Fra)).Single();
        under.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(OutcomeCode.NoReport, await OutcomeOfAsync(under, job.Id));
        Assert.True((await under.Hub.ReportAsync(HubUnderTest.Result(job), CancellationToken.None)).Accepted);
        Assert.Equal(OutcomeCode.Completed, await OutcomeOfAsync(under, job.Id));
    }

    [Fact]
    public async Task Killed_at_any_moment_and_started_again_it_shows_the_same_windows_and_lost_nothing_acknowledged()
    {
        using var scratch = new Scratch();
        var time = new VirtualTime(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        var ids = Enumerable.Range(1, 5).Select(HubUnderTest.Orchestrator).ToArray();
        var acknowledged = new Dictionary<TestId, long>();
        for (var life = 0; life < 8; life++)
        {
            var under = await HubUnderTest.StartAsync(scratch, time, wrap: null, ids);
            var board = await under.SettledBoardAsync();
            foreach (var (orchestrator, region) in acknowledged.Keys.Select(Parse).Distinct())
            {
                var own = acknowledged.Where(a => Parse(a.Key) == (orchestrator, region)).ToList();
                var cell = board.Rows.Single(r => r.Orchestrator == orchestrator).Cells.Single(c => c.Region == region).Cell;

                // A report that was cut off by the kill may count or not; one that was acknowledged must, and none twice.
                Assert.InRange(cell.Tests, own.Count, own.Count + life);
            }

            for (var round = 0; round < 4 + life; round++)
            {
                foreach (var job in await under.LeaseSomeAsync(round % 2 == 0 ? HubUnderTest.Fra : HubUnderTest.Mdw))
                {
                    var received = (round * 7 + life) % 61;
                    var report = under.Hub.ReportAsync(HubUnderTest.Result(job, received), CancellationToken.None);
                    if (round == 3 + life) break; // The last one is left in the air.
                    await report;
                    acknowledged.Add(job.Id, received);
                }
            }

            await under.KillAsync();
        }

        await using var last = await HubUnderTest.StartAsync(scratch, time, wrap: null, ids);
        var stored = (await ReadAsync(last.Store)).Where(r => r.Revision >= 1).ToList();
        Assert.Equal(stored.Count, stored.Select(r => r.Test).Distinct().Count());
        foreach (var (test, received) in acknowledged) Assert.Equal(received, stored.Single(r => r.Test == test).Summary!.Sums.Received);
    }

    [Fact]
    public async Task Tests_that_were_due_while_it_was_down_are_not_run_and_not_caught_up()
    {
        using var scratch = new Scratch();
        var time = new VirtualTime(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        var under = await HubUnderTest.StartAsync(scratch, time, wrap: null, One);
        var record = new OrchestratorRecord("https://192.0.2.1:8935", true, new SlotShare("192.0.2.1:8935", 0, 1));
        var since = time.GetUtcNow();
        await under.KillAsync();
        time.Advance(TimeSpan.FromHours(1));
        await using var again = await HubUnderTest.StartAsync(scratch, time, wrap: null, One);
        var due = again.Plans.PlanOf(One, record, new DateOnly(2026, 11, 20)).Where(t => t.At >= since && t.At < time.GetUtcNow() - TimeSpan.FromMinutes(3)).ToList();
        Assert.InRange(due.Count, 30, 45);
        foreach (var test in due) Assert.Equal(OutcomeCode.Missed, await OutcomeOfAsync(again, test.Id));
        var jobs = await again.LeaseSomeAsync(HubUnderTest.Fra);
        Assert.All(jobs, j => Assert.True(j.NotAfter >= since + TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task While_nothing_can_be_stored_nothing_is_acknowledged_or_leased_and_nothing_is_lost()
    {
        FlakyStore? flaky = null;
        await using var under = await HubUnderTest.StartAsync(wrap: s => flaky = new FlakyStore(s), enrolled: [One, HubUnderTest.Orchestrator(2)]);
        var job = (await under.LeaseSomeAsync(HubUnderTest.Fra, 1)).Single();
        flaky!.IsFull = true;
        await Assert.ThrowsAsync<StorageFullException>(() => under.Hub.ReportAsync(HubUnderTest.Result(job), CancellationToken.None));
        await Assert.ThrowsAsync<StorageFullException>(() => under.Hub.ReportAsync(HubUnderTest.Result(job), CancellationToken.None));
        Assert.Empty(await under.Hub.LeaseAsync(HubUnderTest.Mdw, 100, TimeSpan.Zero, CancellationToken.None));
        Assert.Equal(PostAnswer.Unavailable, await under.Hub.PostAsync(Posted(1), CancellationToken.None));
        flaky.IsFull = false;
        Assert.True((await under.Hub.ReportAsync(HubUnderTest.Result(job), CancellationToken.None)).Accepted);
        Assert.Equal(OutcomeCode.Completed, (await ReadAsync(under.Store)).Single(r => r.Test == job.Id).Outcome.Code);
        Assert.NotNull(await under.Store.ReadEvidenceAsync(job.Id, job.NotBefore, CancellationToken.None));
        Assert.NotEmpty(await under.LeaseSomeAsync(HubUnderTest.Fra));
    }

    [Fact]
    public async Task A_posted_result_is_shown_in_its_region_once()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: One);
        Assert.Equal(PostAnswer.Stored, await under.Hub.PostAsync(Posted(7), CancellationToken.None));
        Assert.Equal(PostAnswer.Stored, await under.Hub.PostAsync(Posted(7), CancellationToken.None));
        var row = Assert.Single((await under.SettledBoardAsync()).Rows);
        var cell = Assert.Single(row.Cells);
        Assert.Equal((RegionId.Parse("NYC"), 1, 0.25), (cell.Region, cell.Cell.Tests, cell.Cell.SuccessRate));
        Assert.True(row.Verified);
    }

    [Fact]
    public async Task A_post_that_contradicts_itself_or_names_our_own_region_is_refused_and_not_stored()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: One);
        Assert.Equal(PostAnswer.Refused, await under.Hub.PostAsync(Posted(8) with { Region = HubUnderTest.Fra }, CancellationToken.None));
        Assert.Equal(PostAnswer.Refused, await under.Hub.PostAsync(Posted(9) with { Outcome = new Outcome(OutcomeCode.Missed) }, CancellationToken.None));
        Assert.Empty(await ReadAsync(under.Store));
    }

    [Fact]
    public async Task A_region_that_fails_for_most_is_void_and_stays_so_over_a_restart()
    {
        using var scratch = new Scratch();
        var time = new VirtualTime(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        var ids = Enumerable.Range(1, 12).Select(HubUnderTest.Orchestrator).ToArray();
        var under = await HubUnderTest.StartAsync(scratch, time, wrap: null, ids);
        var good = new HashSet<OrchestratorId>();
        while (good.Count < ids.Length)
        {
            foreach (var job in await under.LeaseSomeAsync(HubUnderTest.Mdw))
            {
                await under.Hub.ReportAsync(HubUnderTest.Result(job), CancellationToken.None);
                good.Add(job.Orchestrator);
            }
        }

        var failed = new HashSet<OrchestratorId>();
        while (failed.Count < ids.Length)
        {
            foreach (var job in await under.LeaseSomeAsync(HubUnderTest.Fra))
            {
                await under.Hub.ReportAsync(HubUnderTest.Result(job, received: 0), CancellationToken.None);
                failed.Add(job.Orchestrator);
            }
        }

        await AssertNobodyIsChargedAsync(under);
        await under.KillAsync();
        await using var again = await HubUnderTest.StartAsync(scratch, time, wrap: null, ids);
        await AssertNobodyIsChargedAsync(again);

        static async Task AssertNobodyIsChargedAsync(HubUnderTest hub)
        {
            var board = await hub.SettledBoardAsync();
            Assert.All(board.Rows, r => Assert.DoesNotContain(r.Cells, c => c.Region == HubUnderTest.Fra));
            var inFra = (await ReadAsync(hub.Store)).Where(r => r.Region == HubUnderTest.Fra && r.Revision >= 1).ToList();
            Assert.NotEmpty(inFra);
            Assert.All(inFra, r => Assert.Equal(OutcomeCode.RegionAnomaly, r.Outcome.Code));
        }
    }

    [Fact]
    public async Task An_orchestrator_that_left_shows_zeros_and_one_that_was_never_measured_nothing()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: [One, HubUnderTest.Orchestrator(2), HubUnderTest.Orchestrator(3), HubUnderTest.Orchestrator(4)]);
        var job = (await under.LeaseSomeAsync(HubUnderTest.Fra)).First();
        await under.Hub.ReportAsync(HubUnderTest.Result(job), CancellationToken.None);
        await under.EnrolAsync([HubUnderTest.Orchestrator(50)]);
        under.Time.Advance(TimeSpan.FromHours(25));
        var row = Assert.Single((await under.SettledBoardAsync()).Rows);
        Assert.Equal((job.Orchestrator, false), (row.Orchestrator, row.Active));
        Assert.Equal((CellState.Zero, 0.0), (row.Cells.Single().Cell.State, row.Cells.Single().Cell.Score));
    }

    private static OutcomeRevision Posted(byte n) => new()
    {
        Test = TestId.Posted(Enumerable.Repeat(n, 32).ToArray()),
        Revision = OutcomeRevision.Measured,
        Orchestrator = HubUnderTest.Orchestrator(77),
        Region = RegionId.Parse("NYC"),
        TestTime = new DateTimeOffset(2026, 11, 20, 11, 0, 0, TimeSpan.Zero),
        RecordedAt = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero),
        Outcome = new Outcome(OutcomeCode.Partial),
        Summary = new TestSummary
        {
            StartedAt = new DateTimeOffset(2026, 11, 20, 11, 0, 0, TimeSpan.Zero),
            Method = TestMethod.Posted,
            Sums = new ScoreSums(250_000_000, 1_000_000_000, 2_000_000, 1_000_000),
            Averages = new LegacyAverages(0.25, 2, 1),
            Posted = new PostedDetail { Timestamp = 1_795_172_400 },
        },
    };

    private static (OrchestratorId, RegionId) Parse(TestId test)
    {
        var parts = test.Text.Split('-');
        return (OrchestratorId.Parse(parts[3]), RegionId.Parse(parts[2]));
    }

    private static async Task<OutcomeCode> OutcomeOfAsync(HubUnderTest under, TestId test)
    {
        while (true)
        {
            await under.SettledBoardAsync();
            if ((await ReadAsync(under.Store)).SingleOrDefault(r => r.Test == test) is { } found) return found.Outcome.Code;
        }
    }

    private static async Task<List<OutcomeRevision>> ReadAsync(IResultStore store)
    {
        var read = new List<OutcomeRevision>();
        var all = new ResultQuery { From = DateTimeOffset.MinValue, Until = DateTimeOffset.MaxValue };
        await foreach (var revision in store.ReadAsync(all, CancellationToken.None)) read.Add(revision);
        return read;
    }

    /// <summary>A store on a disk that can fill up.</summary>
    private sealed class FlakyStore(IResultStore inner) : IResultStore
    {
        public bool IsFull { get; set; }

        public Task<bool> AppendAsync(OutcomeRevision revision, TestEvidence? evidence, CancellationToken cancellationToken) =>
            IsFull ? Task.FromException<bool>(new StorageFullException("the disk is full")) : inner.AppendAsync(revision, evidence, cancellationToken);

        public IAsyncEnumerable<OutcomeRevision> ReadAsync(ResultQuery query, CancellationToken cancellationToken) => inner.ReadAsync(query, cancellationToken);

        public Task<TestEvidence?> ReadEvidenceAsync(TestId test, DateTimeOffset testTime, CancellationToken cancellationToken) => inner.ReadEvidenceAsync(test, testTime, cancellationToken);

        public IAsyncEnumerable<HourlySums> ReadHourlyAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) => inner.ReadHourlyAsync(from, until, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
