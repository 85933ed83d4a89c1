using System.Text.Json;

namespace Monitoring.Core.Tests;

/// <summary>The decider, event by event, with a plan written by hand.</summary>
public sealed class OrchestratorTests
{
    private static readonly DateTimeOffset At = Sample.Noon;
    private static readonly DateOnly Day = new(2026, 11, 20);

    private readonly List<Effect> _effects = [];
    private readonly Dictionary<string, List<PlannedTest>> _plans = [];
    private OrchestratorState _state = OrchestratorState.New(Sample.Someone);
    private RegionHealthView _regions = RegionHealthView.Well;
    private Policy _policy = Sample.Policy;

    private TestId Planned(int round, DateTimeOffset at, RegionId? region = null, string host = "one.example")
    {
        var id = TestId.Planned(DateOnly.FromDateTime(at.UtcDateTime), round, region ?? Sample.Mdw, Sample.Someone);
        if (!_plans.TryGetValue(host + ":8935", out var plan)) _plans[host + ":8935"] = plan = [];
        plan.Add(new PlannedTest(id, Sample.Someone, region ?? Sample.Mdw, at, false));
        return id;
    }

    private List<Effect> On(Event e, DateTimeOffset now)
    {
        ImmutableArray<PlannedTest> PlanOf(OrchestratorId id, OrchestratorRecord record, DateOnly day) =>
            [.. _plans.GetValueOrDefault(record.Share.Endpoint, []).Where(t => DateOnly.FromDateTime(t.At.UtcDateTime) == day).OrderBy(t => t.At)];
        var step = Orchestrator.On(_state, e, new Env(now, _policy, _regions, PlanOf));
        _state = step.State;
        _effects.AddRange(step.Effects);
        return [.. step.Effects];
    }

    private void Enrol(DateTimeOffset? since = null) => On(new Event.Enrolled(Sample.Record(), since ?? At), since ?? At);

    private static TestResult Result(TestId id, DateTimeOffset at, OutcomeCode code = OutcomeCode.Completed, RegionId? region = null) => new()
    {
        Id = id,
        Orchestrator = Sample.Someone,
        Region = region ?? Sample.Mdw,
        PlannedAt = at,
        Outcome = new Outcome(code),
        Summary = Sample.SummaryOf(code),
    };

    private WindowEntry? Entry(TestId id, DateTimeOffset at, RegionId? region = null) => _state.CellOf(region ?? Sample.Mdw).Window.Find(id, at);

    [Fact]
    public void A_test_is_queued_five_minutes_ahead_with_the_limits_of_its_job()
    {
        var at = At.AddHours(1);
        var id = Planned(0, at);
        Enrol();
        Assert.Equal(At + Sample.Policy.Availability.RulesEvery, Assert.IsType<Effect.ArmDeadline>(_effects[^1]).At);
        On(new Event.Ticked(), at.AddMinutes(-7));
        Assert.Equal(at.AddMinutes(-5).AddMilliseconds(1), Assert.IsType<Effect.ArmDeadline>(_effects[^1]).At);
        Assert.DoesNotContain(_effects, e => e is Effect.QueueTest);
        var job = Assert.Single(On(new Event.Ticked(), at.AddMinutes(-5).AddMilliseconds(1)).OfType<Effect.QueueTest>()).Job;
        Assert.Equal((id, at, at.AddSeconds(29), at.AddSeconds(89), "https://one.example:8935"), (job.Id, job.NotBefore, job.NotAfter, job.Deadline, job.ServiceUri));
        Assert.Single(On(new Event.Ticked(), at.AddMinutes(-4)).OfType<Effect.QueueTest>());
        Assert.Single(_state.Open);
    }

    [Fact]
    public void A_report_is_recorded_published_and_owed_until_the_store_has_it()
    {
        var id = Planned(0, At.AddMinutes(1));
        Enrol();
        On(new Event.TestLeased(id), At.AddMinutes(1));
        var effects = On(new Event.ResultReported(Result(id, At.AddMinutes(1))), At.AddMinutes(2));
        Assert.Equal(1, Assert.Single(effects.OfType<Effect.RecordOutcome>()).Revision.Revision);
        Assert.Equal(1, Assert.Single(effects.OfType<Effect.PublishScore>()).Cell!.SuccessRate);
        Assert.Empty(_state.Open);
        Assert.Single(On(new Event.Ticked(), At.AddMinutes(3)).OfType<Effect.RecordOutcome>());
        On(new Event.OutcomeStored(id, 1), At.AddMinutes(4));
        Assert.DoesNotContain(On(new Event.Ticked(), At.AddMinutes(5)), e => e is Effect.RecordOutcome);
    }

    [Fact]
    public void The_same_report_again_is_taken_and_changes_nothing()
    {
        var id = Planned(0, At.AddMinutes(1));
        Enrol();
        On(new Event.ResultReported(Result(id, At.AddMinutes(1))), At.AddMinutes(2));
        On(new Event.OutcomeStored(id, 1), At.AddMinutes(2));
        var again = On(new Event.ResultReported(Result(id, At.AddMinutes(1), OutcomeCode.Unreachable)), At.AddMinutes(3));
        Assert.DoesNotContain(again, e => e is Effect.RecordOutcome or Effect.RefuseReport or Effect.PublishScore);
        Assert.Equal(OutcomeCode.Completed, Entry(id, At.AddMinutes(1))!.Code);
    }

    [Fact]
    public void A_report_that_comes_again_repeats_what_the_store_has_not_confirmed()
    {
        var id = Planned(0, At.AddMinutes(1));
        Enrol();
        var result = Result(id, At.AddMinutes(1));
        On(new Event.ResultReported(result), At.AddMinutes(2));
        Assert.Equal(id, Assert.Single(On(new Event.ResultReported(result), At.AddMinutes(3)).OfType<Effect.RecordOutcome>()).Revision.Test);
        On(new Event.OutcomeStored(id, 1), At.AddMinutes(3));
        Assert.DoesNotContain(On(new Event.ResultReported(result), At.AddMinutes(4)), e => e is Effect.RecordOutcome);
    }

    [Fact]
    public void A_tick_repeats_what_is_published_because_a_crash_may_have_lost_it()
    {
        var id = Planned(0, At.AddMinutes(1));
        Enrol();
        var published = On(new Event.ResultReported(Result(id, At.AddMinutes(1))), At.AddMinutes(2)).OfType<Effect.PublishScore>().Single();
        Assert.Equal(published, Assert.Single(On(new Event.Ticked(), At.AddMinutes(3)).OfType<Effect.PublishScore>()));
    }

    [Theory]
    [InlineData(false, false, OutcomeCode.NoWorker, 30)]
    [InlineData(false, true, OutcomeCode.RegionStale, 30)]
    [InlineData(true, false, OutcomeCode.NoReport, 389)]
    [InlineData(true, true, OutcomeCode.NoReport, 389)]
    public void A_test_without_a_result_is_not_run_at_its_end_and_not_before(bool leased, bool stale, OutcomeCode why, int seconds)
    {
        var at = At.AddMinutes(1);
        var id = Planned(0, at);
        Enrol();
        if (leased) On(new Event.TestLeased(id), at);
        if (stale) _regions = new RegionHealthView([Sample.Mdw], []);
        var end = at.AddSeconds(seconds);
        On(new Event.DeadlinePassed(id), end.AddTicks(-1));
        Assert.Null(Entry(id, at));
        var effects = On(new Event.Ticked(), end);
        Assert.Equal((why, 0), (Entry(id, at)!.Code, Entry(id, at)!.Revision));
        Assert.Contains(new Effect.CancelTest(id, Sample.Mdw), effects);
        On(new Event.ResultReported(Result(id, at)), end.AddHours(3));
        Assert.Equal((OutcomeCode.Completed, 1), (Entry(id, at)!.Code, Entry(id, at)!.Revision));
    }

    [Fact]
    public void A_late_result_replaces_not_run_until_24_hours_after_the_plans_day()
    {
        var first = Planned(0, At.AddMinutes(1));
        var second = Planned(1, At.AddMinutes(4));
        Enrol();
        On(new Event.Ticked(), At.AddHours(1));
        var end = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
        On(new Event.ResultReported(Result(first, At.AddMinutes(1))), end);
        Assert.Equal(OutcomeCode.Completed, Entry(first, At.AddMinutes(1))!.Code);
        var refused = On(new Event.ResultReported(Result(second, At.AddMinutes(4))), end.AddTicks(1));
        Assert.Contains("24 h", Assert.Single(refused.OfType<Effect.RefuseReport>()).Reason, StringComparison.Ordinal);
        Assert.Equal(OutcomeCode.NoWorker, Entry(second, At.AddMinutes(4))!.Code);
    }

    [Fact]
    public void Tests_that_were_due_while_nobody_looked_are_missed_and_never_caught_up_in_bulk()
    {
        var old = Planned(0, At.AddHours(-49));
        var missed = Planned(1, At.AddHours(-2));
        var startable = Planned(2, At.AddSeconds(-29));
        On(new Event.Enrolled(Sample.Record(), At.AddDays(-9)), At.AddDays(-9));
        _effects.Clear();
        On(new Event.Ticked(), At);
        Assert.Null(Entry(old, At.AddHours(-49)));
        Assert.Equal(OutcomeCode.Missed, Entry(missed, At.AddHours(-2))!.Code);
        Assert.Equal(startable, Assert.Single(_effects.OfType<Effect.QueueTest>()).Job.Id);
    }

    [Fact]
    public void A_state_made_again_from_the_store_queues_no_test_that_a_region_may_have_leased_before()
    {
        var running = Planned(0, At.AddSeconds(-20));
        var ahead = Planned(1, At + Sample.Policy.LeaseAhead);
        var next = Planned(2, At.AddMinutes(3));
        On(new Event.OutcomeReplayed(Sample.Revision(At.AddHours(-3), OutcomeCode.Completed)), At);
        On(new Event.Enrolled(Sample.Record(), At.AddDays(-9)), At);
        Assert.Equal(next, Assert.Single(_effects.OfType<Effect.QueueTest>()).Job.Id);
        Assert.Equal(OutcomeCode.Missed, Entry(ahead, At + Sample.Policy.LeaseAhead)!.Code);
        On(new Event.ResultReported(Result(running, At.AddSeconds(-20))), At.AddSeconds(30));
        Assert.Equal(OutcomeCode.Completed, Entry(running, At.AddSeconds(-20))!.Code);
    }

    [Fact]
    public void Another_orchestrator_region_instant_or_test_is_refused()
    {
        var id = Planned(0, At.AddMinutes(1));
        Enrol();
        On(new Event.TestLeased(id), At.AddMinutes(1));
        var good = Result(id, At.AddMinutes(1));
        foreach (var bad in new[]
        {
            good with { Orchestrator = Sample.Orchestrator(1) },
            good with { Region = Sample.Fra },
            good with { PlannedAt = At.AddMinutes(2) },
            good with { Id = TestId.Planned(Day, 7, Sample.Mdw, Sample.Someone) },
            good with { Id = TestId.OnDemand("x") },
            good with { Outcome = new Outcome(OutcomeCode.NoReport) },
            good with { Outcome = new Outcome((OutcomeCode)(-1)) },
            good with { Summary = good.Summary with { Sums = new ScoreSums(61, 60, 0, 0) } },
            good with { Summary = good.Summary with { Sums = new ScoreSums(0, 0, 0, 0) } },
            good with { Summary = good.Summary with { Sums = new ScoreSums(60, 60, long.MaxValue, 1) } },
            good with { Summary = good.Summary with { Method = "" } },
        })
        {
            Assert.Single(On(new Event.ResultReported(bad), At.AddSeconds(80)).OfType<Effect.RefuseReport>());
            Assert.Empty(_state.Cells);
        }

        Assert.DoesNotContain(On(new Event.ResultReported(good), At.AddSeconds(80)), e => e is Effect.RefuseReport);
    }

    [Fact]
    public void A_test_that_the_regions_own_spend_cap_stopped_was_not_run_and_says_so()
    {
        var id = Planned(0, At.AddMinutes(1));
        Enrol();
        On(new Event.TestLeased(id), At.AddMinutes(1));
        var effects = On(new Event.ResultReported(Result(id, At.AddMinutes(1), OutcomeCode.SpendCap)), At.AddMinutes(2));
        Assert.Equal((0, OutcomeCode.SpendCap), Assert.Single(effects.OfType<Effect.RecordOutcome>().Select(e => (e.Revision.Revision, e.Revision.Outcome.Code))));
        Assert.DoesNotContain(effects, e => e is Effect.RefuseReport);
        Assert.Empty(_state.Open);
        Assert.DoesNotContain(On(new Event.ResultReported(Result(id, At.AddMinutes(1), OutcomeCode.SpendCap)), At.AddMinutes(3)), e => e is Effect.RefuseReport or Effect.RecordOutcome { Revision.Revision: > 0 });
    }

    [Fact]
    public void A_planned_test_is_reported_even_when_the_open_list_was_lost()
    {
        var id = Planned(0, At.AddMinutes(-1));
        Enrol();
        On(new Event.ResultReported(Result(id, At.AddMinutes(-1))), At);
        Assert.Equal(OutcomeCode.Completed, Entry(id, At.AddMinutes(-1))!.Code);
    }

    [Fact]
    public void A_result_of_an_anomaly_is_void_good_or_bad_and_one_that_is_void_stays_what_it_was()
    {
        _regions = new RegionHealthView([], [new AnomalySpan(Sample.Mdw, At, At.AddHours(1), "a control failed")]);
        OutcomeCode[] codes = [OutcomeCode.Completed, OutcomeCode.Unreachable, OutcomeCode.Capped, OutcomeCode.OurClock];
        for (var i = 0; i < codes.Length; i++) Planned(i, At.AddMinutes(2 * i));
        Enrol();
        for (var i = 0; i < codes.Length; i++)
        {
            On(new Event.ResultReported(Result(TestId.Planned(Day, i, Sample.Mdw, Sample.Someone), At.AddMinutes(2 * i), codes[i])), At.AddHours(2));
        }

        Assert.Equal([OutcomeCode.RegionAnomaly, OutcomeCode.RegionAnomaly, OutcomeCode.RegionAnomaly, OutcomeCode.OurClock], _state.CellOf(Sample.Mdw).Window.Entries.Select(e => e.Code));
        Assert.Null(_state.CellOf(Sample.Mdw).Published);
    }

    [Fact]
    public void A_measured_result_is_judged_again_once_and_what_was_not_run_is_not()
    {
        var measured = Planned(0, At.AddMinutes(1));
        var missing = Planned(1, At.AddMinutes(4));
        Enrol();
        On(new Event.ResultReported(Result(measured, At.AddMinutes(1), OutcomeCode.Unreachable)), At.AddMinutes(2));
        On(new Event.Ticked(), At.AddMinutes(20));
        var anomaly = new Outcome(OutcomeCode.RegionAnomaly, "most failed");
        var effects = On(new Event.ResultReclassified(measured, Sample.Mdw, At.AddMinutes(1), anomaly), At.AddMinutes(21));
        var revision = Assert.Single(effects.OfType<Effect.RecordOutcome>()).Revision;
        Assert.Equal((2, OutcomeCode.RegionAnomaly), (revision.Revision, revision.Outcome.Code));
        Assert.Equal(Sample.SummaryOf(OutcomeCode.Unreachable).Sums, revision.Summary!.Sums);
        Assert.Null(Assert.Single(effects.OfType<Effect.PublishScore>()).Cell);
        foreach (var again in new[] { anomaly, new Outcome(OutcomeCode.OurClip) })
        {
            Assert.DoesNotContain(On(new Event.ResultReclassified(measured, Sample.Mdw, At.AddMinutes(1), again), At.AddMinutes(22)), e => e is Effect.RecordOutcome);
        }

        On(new Event.ResultReclassified(missing, Sample.Mdw, At.AddMinutes(4), anomaly), At.AddMinutes(22));
        Assert.Equal(OutcomeCode.NoWorker, Entry(missing, At.AddMinutes(4))!.Code);
    }

    [Fact]
    public void A_tick_voids_what_an_anomaly_covers_and_nobody_said_so()
    {
        var before = Planned(0, At.AddMinutes(1));
        var during = Planned(1, At.AddMinutes(4));
        var elsewhere = Planned(2, At.AddMinutes(4), Sample.Fra);
        Enrol();
        On(new Event.ResultReported(Result(before, At.AddMinutes(1), OutcomeCode.Unreachable)), At.AddMinutes(2));
        On(new Event.ResultReported(Result(during, At.AddMinutes(4), OutcomeCode.Unreachable)), At.AddMinutes(5));
        On(new Event.ResultReported(Result(elsewhere, At.AddMinutes(4), region: Sample.Fra)), At.AddMinutes(5));
        _regions = new RegionHealthView([], [new AnomalySpan(Sample.Mdw, At.AddMinutes(4), null, "most failed")]);
        var revision = Assert.Single(On(new Event.Ticked(), At.AddMinutes(9)).OfType<Effect.RecordOutcome>(), r => r.Revision.Revision == 2).Revision;
        Assert.Equal((during, OutcomeCode.RegionAnomaly), (revision.Test, revision.Outcome.Code));
        Assert.Equal(OutcomeCode.Unreachable, Entry(before, At.AddMinutes(1))!.Code);
        Assert.Equal(OutcomeCode.Completed, Entry(elsewhere, At.AddMinutes(4), Sample.Fra)!.Code);
        Assert.DoesNotContain(On(new Event.Ticked(), At.AddMinutes(10)).OfType<Effect.RecordOutcome>(), r => r.Revision.Revision == 3);
    }

    [Fact]
    public void The_next_tick_is_armed_for_when_a_score_changes_by_time_alone()
    {
        var id = Planned(0, At.AddMinutes(1));
        Enrol();
        On(new Event.ResultReported(Result(id, At.AddMinutes(1))), At.AddMinutes(2));
        On(new Event.Withdrawn(At.AddMinutes(3)), At.AddMinutes(3));
        Assert.Equal(At.AddMinutes(1).AddDays(1), Assert.Single(On(new Event.Ticked(), At.AddHours(1)).OfType<Effect.ArmDeadline>()).At);
        Assert.Equal(At.AddMinutes(1).AddDays(30), On(new Event.Ticked(), At.AddDays(8)).OfType<Effect.ArmDeadline>().Single().At);
    }

    [Fact]
    public void A_new_address_takes_back_what_nobody_began_and_lets_end_what_somebody_did()
    {
        var leased = Planned(0, At.AddMinutes(1));
        var waiting = Planned(1, At.AddMinutes(4));
        Planned(0, At.AddHours(1), host: "two.example");
        Planned(1, At.AddHours(2), host: "two.example");
        var next = Planned(2, At.AddHours(3), host: "two.example");
        Enrol();
        On(new Event.TestLeased(leased), At.AddSeconds(30));
        var effects = On(new Event.RecordChanged(Sample.Record("two.example")), At.AddSeconds(40));
        Assert.Contains(new Effect.CancelTest(waiting, Sample.Mdw), effects);
        Assert.Equal(OutcomeCode.Rescheduled, Entry(waiting, At.AddMinutes(4))!.Code);
        On(new Event.ResultReported(Result(leased, At.AddMinutes(1))), At.AddMinutes(2));
        Assert.Equal(OutcomeCode.Completed, Entry(leased, At.AddMinutes(1))!.Code);
        On(new Event.Ticked(), At.AddHours(4));

        // A round has one test: those that the former plan gave an outcome are not given a second under the same id.
        Assert.Equal([leased, waiting, next], _state.CellOf(Sample.Mdw).Window.Entries.Select(e => e.Test));
    }

    [Fact]
    public void A_test_of_the_new_address_does_not_touch_one_of_the_old_that_its_region_may_still_run()
    {
        Planned(0, At.AddMinutes(4).AddSeconds(50));
        var touching = Planned(1, At.AddMinutes(5).AddSeconds(30), host: "two.example");
        var clear = Planned(2, At.AddMinutes(7), host: "two.example");
        Enrol();
        On(new Event.RecordChanged(Sample.Record("two.example")), At);
        var effects = On(new Event.Ticked(), At.AddMinutes(3));
        Assert.Equal(OutcomeCode.Rescheduled, Entry(touching, At.AddMinutes(5).AddSeconds(30))!.Code);
        Assert.Equal(clear, Assert.Single(effects.OfType<Effect.QueueTest>()).Job.Id);
    }

    [Fact]
    public void Announced_maintenance_excuses_one_window_of_24_hours_a_month()
    {
        DateTimeOffset Of(int month, int day, int hour = 0) => new(2026, month, day, hour, 0, 0, TimeSpan.Zero);
        var record = Sample.Record() with
        {
            Maintenance =
            [
                new MaintenanceWindow(Of(11, 3), Of(11, 6)), new MaintenanceWindow(Of(11, 20), Of(11, 21)), new MaintenanceWindow(Of(11, 30, 18), Of(12, 1, 12)),
                new MaintenanceWindow(Of(12, 5, 6), Of(12, 5, 8)),
            ],
        };
        var day = TimeSpan.FromHours(24);
        var tick = TimeSpan.FromTicks(1);
        Assert.True(record.InMaintenance(Of(11, 3), day));
        Assert.False(record.InMaintenance(Of(11, 3) - tick, day));
        Assert.True(record.InMaintenance(Of(11, 4) - tick, day));
        Assert.False(record.InMaintenance(Of(11, 4), day));
        Assert.False(record.InMaintenance(Of(11, 20, 12), day));
        Assert.False(record.InMaintenance(Of(12, 1), day));
        Assert.True(record.InMaintenance(Of(12, 5, 6), day));
        Assert.True(record.InMaintenance(Of(12, 5, 8) - tick, day));
        Assert.False(record.InMaintenance(Of(12, 5, 8), day));
        Assert.False(Sample.Record().InMaintenance(At, day));
    }

    [Fact]
    public void A_result_in_maintenance_is_excluded_whatever_it_was()
    {
        var id = Planned(0, At.AddMinutes(1));
        On(new Event.Enrolled(Sample.Record() with { Maintenance = [new MaintenanceWindow(At, At.AddHours(1))] }, At), At);
        On(new Event.ResultReported(Result(id, At.AddMinutes(1), OutcomeCode.Unreachable)), At.AddMinutes(2));
        Assert.Equal(OutcomeCode.Maintenance, Entry(id, At.AddMinutes(1))!.Code);
    }

    [Fact]
    public void One_that_left_has_its_waiting_tests_taken_back_and_publishes_zeros_when_its_window_is_empty()
    {
        var measured = Planned(0, At.AddMinutes(1));
        var waiting = Planned(1, At.AddMinutes(6));
        Enrol();
        On(new Event.ResultReported(Result(measured, At.AddMinutes(1))), At.AddMinutes(2));
        On(new Event.Withdrawn(At.AddMinutes(3)), At.AddMinutes(3));
        Assert.Equal(OutcomeCode.Rescheduled, Entry(waiting, At.AddMinutes(6))!.Code);
        Assert.Equal(CellState.Measured, _state.CellOf(Sample.Mdw).Published!.State);
        On(new Event.Ticked(), At.AddMinutes(1).AddDays(1));
        Assert.Equal(CellState.Zero, _state.CellOf(Sample.Mdw).Published!.State);
        On(new Event.Withdrawn(At.AddDays(2)), At.AddDays(2));
        Assert.Equal(At.AddMinutes(3), _state.WithdrawnAt);
        On(new Event.Ticked(), At.AddMinutes(3).AddDays(30));
        Assert.Null(_state.CellOf(Sample.Mdw).Published);
        On(new Event.Enrolled(Sample.Record(), At.AddDays(40)), At.AddDays(40));
        Assert.Null(_state.WithdrawnAt);
    }

    [Fact]
    public void A_posted_result_counts_in_a_region_that_is_not_ours_and_is_refused_in_one_that_is()
    {
        var posted = Sample.Revision(At, OutcomeCode.Completed, region: RegionId.Parse("LAX"), summary: Sample.Summary(15, method: TestMethod.Posted)) with { Test = TestId.Posted(new byte[32]) };
        On(new Event.ResultPosted(posted), At.AddMinutes(1));
        var cell = _state.CellOf(RegionId.Parse("LAX")).Published!;
        Assert.Equal((CellState.Measured, 1.0, 1, 0), (cell.State, cell.SuccessRate, cell.Tests, cell.Planned));
        Assert.Null(cell.Coverage);
        Assert.Empty(On(new Event.ResultPosted(posted), At.AddMinutes(2)).OfType<Effect.RecordOutcome>());
        foreach (var bad in new[]
        {
            posted with { Region = Sample.Mdw },
            posted with { Orchestrator = Sample.Orchestrator(1) },
            posted with { Summary = null },
            posted with { Summary = posted.Summary! with { Sums = new ScoreSums(2, 1, 0, 0) } },
        })
        {
            Assert.Single(On(new Event.ResultPosted(bad with { Test = TestId.Parse("posted-x") }), At.AddMinutes(3)).OfType<Effect.RefuseReport>());
        }

        Assert.Single(_state.Cells);
    }

    [Fact]
    public void A_deferred_test_is_not_run_for_the_reason_given_and_no_reason_makes_it_a_fault()
    {
        var first = Planned(0, At.AddMinutes(1));
        var second = Planned(1, At.AddMinutes(4));
        Enrol();
        On(new Event.TestDeferred(first, OutcomeCode.SpendCap), At.AddSeconds(1));
        On(new Event.TestDeferred(second, OutcomeCode.Unreachable), At.AddSeconds(1));
        Assert.Equal(OutcomeCode.SpendCap, Entry(first, At.AddMinutes(1))!.Code);
        Assert.Equal(OutcomeCode.NoReport, Entry(second, At.AddMinutes(4))!.Code);
    }

    [Fact]
    public void The_state_survives_json_whole()
    {
        var id = Planned(0, At.AddMinutes(1));
        var waiting = Planned(1, At.AddMinutes(6));
        On(new Event.Enrolled(Sample.Record() with { Maintenance = [new MaintenanceWindow(At.AddDays(1), At.AddDays(2))] }, At), At);
        On(new Event.ResultReported(Result(id, At.AddMinutes(1))), At.AddMinutes(2));
        On(new Event.Ticked(), At.AddDays(3));
        On(new Event.Ticked(), At.AddDays(3).AddMinutes(1));
        var copy = JsonSerializer.Deserialize<OrchestratorState>(JsonSerializer.Serialize(_state))!;
        Assert.NotNull(copy.CellOf(Sample.Mdw).Held);
        Assert.Equal(JsonSerializer.Serialize(_state), JsonSerializer.Serialize(copy));
        Assert.Equal(_state.Record, copy.Record);
        Assert.Equal(2, copy.Owed.Length);
        Assert.Equal(_state.CellOf(Sample.Mdw).Window.Find(waiting, At.AddMinutes(6))!.Code, copy.CellOf(Sample.Mdw).Window.Find(waiting, At.AddMinutes(6))!.Code);
        Assert.Equal(_state.CellOf(Sample.Mdw).Published, copy.CellOf(Sample.Mdw).Published);
    }
}
