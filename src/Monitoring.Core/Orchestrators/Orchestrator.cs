namespace Monitoring.Core;

/// <summary>
/// The decider of one orchestrator: a state and an event make the next state and what to do about it. It has no ports, no clock and no
/// memory of its own; whatever shell drives it (one process, a grain, the simulation) gets the same answers.
/// </summary>
public static partial class Orchestrator
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
            case Event.LivenessChecked seen:
                return turn.Check(seen.Region, seen.Checks);
            case Event.AvailabilityRemembered remembered:
                return turn.Remember(remembered.Availability);
            case Event.NotificationTaken taken:
                return turn.Take(taken.Key, taken.Sequence);
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
    private sealed partial class Turn(OrchestratorState state, in Env env)
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
            RepeatAvailability();
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
            LookAtAvailability();
            Arm();
            return new Step(_state, _effects.ToImmutable());
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
    }
}
