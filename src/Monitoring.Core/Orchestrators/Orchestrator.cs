namespace Monitoring.Core;

/// <summary>
/// The decider of one orchestrator: a state and an event make the next state and what to do about it. It has no ports, no clock and no
/// memory of its own; whatever shell drives it (one process, a grain, the simulation) gets the same answers.
/// </summary>
public static class Orchestrator
{
    /// <summary>One step.</summary>
    public static Step On(OrchestratorState state, Event e, in Env env)
    {
        var turn = new Turn(state, env);
        switch (e)
        {
            case Event.Enrolled enrolled:
                turn.Enrol(enrolled.Record, enrolled.Since);
                break;
            case Event.RecordChanged changed:
                turn.Change(changed.Record);
                break;
            case Event.Withdrawn withdrawn:
                turn.Withdraw(withdrawn.At);
                break;
            case Event.Ticked:
                turn.RepeatWhatIsOwed();
                turn.VoidAnomalies();
                break;
            case Event.TestLeased leased:
                turn.Lease(leased.Test);
                break;
            case Event.TestDeferred deferred:
                turn.Defer(deferred.Test, deferred.Reason);
                break;
            case Event.DeadlinePassed passed:
                turn.Expire(passed.Test);
                break;
            case Event.ResultReported reported:
                turn.Report(reported.Result);
                break;
            case Event.ResultPosted posted:
                turn.Post(posted.Revision);
                break;
            case Event.ResultReclassified again:
                turn.Reclassify(again.Test, again.Region, again.TestTime, again.Outcome);
                break;
            case Event.OutcomeStored stored:
                turn.Confirm(stored.Test, stored.Revision);
                break;
            case Event.OutcomeReplayed replayed:
                // Nothing else happens in a replay: the first tick after it settles, publishes and plans. So its order is free.
                return new Step(Fold(state, replayed.Revision), []);
        }

        return turn.End();
    }

    private static OrchestratorState Fold(OrchestratorState state, OutcomeRevision revision)
    {
        var cell = state.CellOf(revision.Region);
        var window = cell.Window.With(WindowEntry.Of(revision));
        return ReferenceEquals(window, cell.Window) ? state : state.With(cell with { Window = window });
    }

    /// <summary>One event's work: reads the state, collects effects, and ends by planning, publishing and arming the next deadline.</summary>
    private sealed class Turn(OrchestratorState state, in Env env)
    {
        private readonly DateTimeOffset _now = env.Now;
        private readonly Policy _policy = env.Policy;
        private readonly RegionHealthView _regions = env.Regions;
        private readonly PlanOf _planOf = env.PlanOf;
        private readonly ImmutableArray<Effect>.Builder _effects = ImmutableArray.CreateBuilder<Effect>();
        private OrchestratorState _state = state;
        private DateTimeOffset _leasedUntil = DateTimeOffset.MinValue;

        public void Enrol(OrchestratorRecord record, DateTimeOffset since)
        {
            if (_state.Active)
            {
                Change(record);
                return;
            }

            // Made again from the store, which knows no leases: a region may be at work on what was due by now. If so it will report it.
            if (_state.Record is null && since < _now) _leasedUntil = _now + _policy.LeaseAhead;
            _state = _state with { Record = record, Active = true, WithdrawnAt = null, PlannedUntil = Later(_state.PlannedUntil, since) };
        }

        public void Change(OrchestratorRecord record)
        {
            if (_state.Record == record) return;
            var before = _state.Record;
            _state = _state with { Record = record };
            if (before is null || (before.ServiceUri == record.ServiceUri && before.Share == record.Share)) return;

            // A test that nobody has begun goes to the new address by the new plan; one that is leased ends as it was begun.
            foreach (var open in _state.Open.Where(o => !o.Leased)) Close(open, OutcomeCode.Rescheduled);
        }

        public void Withdraw(DateTimeOffset at)
        {
            if (!_state.Active && _state.WithdrawnAt is not null) return;
            _state = _state with { Active = false, WithdrawnAt = at };
            foreach (var open in _state.Open.Where(o => !o.Leased)) Close(open, OutcomeCode.Rescheduled);
        }

        public void RepeatWhatIsOwed()
        {
            foreach (var owed in _state.Owed) _effects.Add(new Effect.RecordOutcome(owed));
            foreach (var cell in _state.Cells) _effects.Add(new Effect.PublishScore(_state.Id, cell.Region, cell.Published));
            foreach (var open in _state.Open.Where(o => !o.Leased)) _effects.Add(new Effect.QueueTest(open.Job));
        }

        /// <summary>
        /// Judges again what an anomaly covers, in case nobody asked for it: a shell that looks for such results in the store does not find
        /// those that are still owed to it.
        /// </summary>
        public void VoidAnomalies()
        {
            foreach (var span in _regions.Anomalies)
            {
                var entries = _state.CellOf(span.Region).Window.Entries;
                for (var i = entries.Length - 1; i >= 0 && entries[i].TestTime >= span.From; i--)
                {
                    if (!span.Covers(entries[i].TestTime)) continue;
                    Reclassify(entries[i].Test, span.Region, entries[i].TestTime, new Outcome(OutcomeCode.RegionAnomaly, span.Reason));
                }
            }
        }

        public void Lease(TestId test)
        {
            var at = IndexOfOpen(test);
            if (at >= 0 && !_state.Open[at].Leased) _state = _state with { Open = _state.Open.SetItem(at, _state.Open[at] with { Leased = true }) };
        }

        public void Defer(TestId test, OutcomeCode reason)
        {
            var at = IndexOfOpen(test);
            if (at >= 0) Close(_state.Open[at], OutcomeCodes.ClassOf(reason) == OutcomeClass.NotRun ? reason : OutcomeCode.NoReport);
        }

        public void Expire(TestId test)
        {
            var at = IndexOfOpen(test);
            if (at >= 0 && _now >= EndOf(_state.Open[at])) Close(_state.Open[at], WhyNothingCame(_state.Open[at]));
        }

        public void Report(TestResult result)
        {
            if (result.Orchestrator != _state.Id)
            {
                Refuse(result.Id, $"the result names another orchestrator, {result.Orchestrator}");
                return;
            }

            var known = _state.CellOf(result.Region).Window.Find(result.Id, result.PlannedAt);
            if (known is { Revision: >= OutcomeRevision.Measured })
            {
                // It comes again because nobody acknowledged it: what that waits for is done again first.
                foreach (var owed in _state.Owed.Where(o => o.Test == result.Id)) _effects.Add(new Effect.RecordOutcome(owed));
                return;
            }

            var open = IndexOfOpen(result.Id);
            if (open >= 0 && (_state.Open[open].Job.Region != result.Region || _state.Open[open].Job.NotBefore != result.PlannedAt))
            {
                Refuse(result.Id, "the result names another region or instant than the plan");
                return;
            }

            if (open < 0 && known is null && !IsPlanned(result))
            {
                Refuse(result.Id, "no such test was planned");
                return;
            }

            if (result.Id.TryGetDay(out var day) && _now > EndOf(day) + _policy.LateResult)
            {
                Refuse(result.Id, "the result came more than 24 h after the day of its plan");
                return;
            }

            if (Contradiction(result.Outcome, result.Summary) is { } contradiction)
            {
                Refuse(result.Id, contradiction);
                return;
            }

            if (open >= 0) _state = _state with { Open = _state.Open.RemoveAt(open) };
            Record(new OutcomeRevision
            {
                Test = result.Id,
                Revision = OutcomeRevision.Measured,
                Orchestrator = _state.Id,
                Region = result.Region,
                TestTime = result.PlannedAt,
                RecordedAt = _now,
                Outcome = Judge(result),
                Summary = result.Summary,
            });
        }

        public void Post(OutcomeRevision revision)
        {
            var wrong = revision.Orchestrator != _state.Id ? $"the result names another orchestrator, {revision.Orchestrator}"
                : _policy.Schedule.Regions.Contains(revision.Region) ? $"{revision.Region} is measured here; a region is ours or posted, never both"
                : revision.Summary is null ? "the result has no numbers"
                : Contradiction(revision.Outcome, revision.Summary);
            if (wrong is not null) Refuse(revision.Test, wrong);
            else Record(revision);
        }

        public void Reclassify(TestId test, RegionId region, DateTimeOffset testTime, Outcome outcome)
        {
            var entry = _state.CellOf(region).Window.Find(test, testTime);
            if (entry is null || entry.Revision < OutcomeRevision.Measured || entry.Code == outcome.Code || entry.Class == OutcomeClass.Void) return;
            Record(new OutcomeRevision
            {
                Test = test,
                Revision = entry.Revision + 1,
                Orchestrator = _state.Id,
                Region = region,
                TestTime = testTime,
                RecordedAt = _now,
                Outcome = outcome,
                Summary = Summarise(entry, testTime),
            });
        }

        public void Confirm(TestId test, int revision) =>
            _state = _state with { Owed = _state.Owed.RemoveAll(o => o.Test == test && o.Revision == revision) };

        /// <summary>Folds a revision and owes it to the store.</summary>
        public void Record(OutcomeRevision revision)
        {
            var before = _state.CellOf(revision.Region).Window.Find(revision.Test, revision.TestTime);
            if (before is not null && before.Revision >= revision.Revision) return;
            if (_state.Owed.Any(o => o.Test == revision.Test && o.Revision == revision.Revision)) return;
            _state = Fold(_state, revision) with { Owed = _state.Owed.Add(revision) };
            _effects.Add(new Effect.RecordOutcome(revision));
        }

        public Step End()
        {
            ExpireAll();
            Plan();
            Publish();
            Arm();
            return new Step(_state, _effects.ToImmutable());
        }

        private Outcome Judge(TestResult result)
        {
            if (result.Outcome.Class == OutcomeClass.Void) return result.Outcome;
            if (_regions.Covering(result.Region, result.PlannedAt) is { } anomaly) return new Outcome(OutcomeCode.RegionAnomaly, anomaly.Reason);
            return _state.Record?.InMaintenance(result.PlannedAt, _policy.MaintenanceLimit) == true
                ? new Outcome(OutcomeCode.Maintenance, $"announced; the test itself said {result.Outcome.Code}")
                : result.Outcome;
        }

        private void Plan()
        {
            if (!_state.Active || _state.Record is not { } record) return;
            var until = _now + _policy.QueueAhead;
            var from = Later(_state.PlannedUntil, _now - _policy.CatchUp);
            if (from >= until) return;
            for (var day = DateOnly.FromDateTime(from.UtcDateTime); day <= DateOnly.FromDateTime(until.UtcDateTime); day = day.AddDays(1))
            {
                foreach (var test in _planOf(_state.Id, record, day))
                {
                    if (test.At >= from && test.At < until) Plan(test, record);
                }
            }

            _state = _state with { PlannedUntil = until };
        }

        private void Plan(PlannedTest test, OrchestratorRecord record)
        {
            var schedule = _policy.Schedule;


            // By id alone: where the endpoint changed during the day, the round may have had its test at the instant of the former plan.
            if (IndexOfOpen(test.Id) >= 0 || _state.CellOf(test.Region).Window.Knows(test.Id, DateOnly.FromDateTime(test.At.UtcDateTime))) return;
            var open = new OpenTest(new TestJob
            {
                Id = test.Id,
                Orchestrator = test.Orchestrator,
                Region = test.Region,
                ServiceUri = record.ServiceUri,
                NotBefore = test.At,
                NotAfter = test.At + schedule.StartTolerance,
                Deadline = test.At + schedule.StartTolerance + schedule.TestBudget,
            }, Leased: false);

            // Two plans of one day can only meet where the endpoint changed in between; the first one stands. A test that was taken back
            // counts too: its region may have missed that.
            var touches = _state.Open.Any(o => (o.Job.NotBefore - test.At).Duration() < schedule.Guard)
                || _state.Cells.Any(c => c.Window.Touches(test.At, schedule.Guard));
            if (test.At + schedule.StartTolerance < _now || test.At <= _leasedUntil) Close(open, OutcomeCode.Missed);
            else if (touches) Close(open, OutcomeCode.Rescheduled);
            else
            {
                var at = 0;
                while (at < _state.Open.Length && _state.Open[at].Job.NotBefore <= test.At) at++;
                _state = _state with { Open = _state.Open.Insert(at, open) };
                _effects.Add(new Effect.QueueTest(open.Job));
            }
        }

        private void ExpireAll()
        {
            foreach (var open in _state.Open.Where(o => _now >= EndOf(o))) Close(open, WhyNothingCame(open));
        }

        /// <summary>Ends a test without a result.</summary>
        private void Close(OpenTest open, OutcomeCode reason)
        {
            var at = IndexOfOpen(open.Job.Id);
            if (at >= 0)
            {
                _state = _state with { Open = _state.Open.RemoveAt(at) };
                _effects.Add(new Effect.CancelTest(open.Job.Id, open.Job.Region));
            }

            Record(new OutcomeRevision
            {
                Test = open.Job.Id,
                Revision = OutcomeRevision.NotRun,
                Orchestrator = _state.Id,
                Region = open.Job.Region,
                TestTime = open.Job.NotBefore,
                RecordedAt = _now,
                Outcome = new Outcome(reason),
            });
        }

        private void Publish()
        {
            foreach (var cell in _state.Cells)
            {
                var settled = PublicationRule.Settle(cell, _now, _policy);
                var published = PublicationRule.Of(settled, _state.WithdrawnAt, _now, _policy);
                if (!Equals(published, cell.Published))
                {
                    settled = settled with { Published = published };
                    _effects.Add(new Effect.PublishScore(_state.Id, cell.Region, published));
                }

                _state = _state.With(settled);
            }
        }

        private void Arm()
        {
            DateTimeOffset? next = null;
            void Consider(DateTimeOffset? at)
            {
                if (at is { } a && (next is null || a < next)) next = a;
            }

            foreach (var open in _state.Open) Consider(EndOf(open));
            foreach (var cell in _state.Cells) Consider(PublicationRule.NextChange(cell, _state.WithdrawnAt, _now, _policy));
            if (_state.Active && _state.Record is { } record)
            {
                // The next planned test enters the queue that much ahead; at the latest the next day's plan is looked at.
                var day = DateOnly.FromDateTime(_state.PlannedUntil.UtcDateTime);
                var following = _planOf(_state.Id, record, day).FirstOrDefault(t => t.At >= _state.PlannedUntil);
                Consider((following?.At ?? StartOf(day.AddDays(1))) - _policy.QueueAhead + TimeSpan.FromMilliseconds(1));
            }

            if (next is { } deadline) _effects.Add(new Effect.ArmDeadline(Later(deadline, _now)));
        }

        private OutcomeCode WhyNothingCame(OpenTest open) =>
            open.Leased ? OutcomeCode.NoReport : _regions.Stale.Contains(open.Job.Region) ? OutcomeCode.RegionStale : OutcomeCode.NoWorker;

        private bool IsPlanned(TestResult result) => _state.Record is { } record && result.Id.TryGetDay(out var day)
            && _planOf(_state.Id, record, day).Any(t => t.Id == result.Id && t.At == result.PlannedAt && t.Region == result.Region);

        private static string? Contradiction(Outcome outcome, TestSummary summary) =>
            outcome.Class == OutcomeClass.NotRun ? $"a result cannot say that nothing was run ({outcome.Code})"
            : !summary.Sums.IsPossible ? "its sums are not possible"
            : outcome.Counts && summary.Sums.Expected == 0 ? "it counts, but nothing was expected of it"
            : outcome.Counts && summary.Method.Length == 0 ? "it counts, but does not say how it was measured"
            : null;

        private void Refuse(TestId test, string reason) => _effects.Add(new Effect.RefuseReport(test, reason));

        private int IndexOfOpen(TestId test)
        {
            for (var i = 0; i < _state.Open.Length; i++)
            {
                if (_state.Open[i].Job.Id == test) return i;
            }

            return -1;
        }

        // A test that nobody leased is over once it can no longer start; one that is leased gets its time and the grace of the report.
        private DateTimeOffset EndOf(OpenTest open) => open.Leased ? open.Job.Deadline + _policy.ReportGrace : open.Job.NotAfter + SchedulePolicy.Margin;

        private static DateTimeOffset StartOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

        private static DateTimeOffset EndOf(DateOnly day) => StartOf(day.AddDays(1));

        private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

        private static TestSummary Summarise(WindowEntry entry, DateTimeOffset testTime) => new()
        {
            StartedAt = testTime,
            Method = entry.Method,
            Sums = entry.Sums,
            Averages = entry.Averages,
            SourceSegments = entry.SourceSegments,
            RealTimeSegments = entry.RealTimeSegments,
            RoundTripsMicros = entry.RoundTripsMicros,
        };
    }
}
