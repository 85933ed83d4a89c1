namespace Monitoring.Core;

/// <content>Planned tests from their place in the plan to their end, and the next deadline.</content>
public static partial class Orchestrator
{
    private sealed partial class Turn
    {
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

        private void Arm()
        {
            DateTimeOffset? next = null;
            void Consider(DateTimeOffset? at)
            {
                if (at is { } a && (next is null || a < next)) next = a;
            }

            Consider(NextLook(_state, _policy));
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
    }
}
