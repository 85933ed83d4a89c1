namespace Monitoring.Core;

/// <content>Whether it is up, and the incidents about it.</content>
public static partial class Orchestrator
{
    private sealed partial class Turn
    {
        private readonly Env _env = env;
        private readonly DateTimeOffset? _nextLookBefore = NextLook(state, env.Policy);

        public Step Check(RegionId region, ImmutableArray<LivenessCheck> checks)
        {
            foreach (var check in checks)
            {
                if (check.Orchestrator == _state.Id) See(region, check.At, check.Alive, check.Code);
            }

            return EndQuietly();
        }

        public Step Remember(AvailabilityState availability)
        {
            _state = _state with { Availability = availability };
            RepeatAvailability();
            return EndQuietly();
        }

        public Step Take(IncidentKey key, int sequence)
        {
            var incidents = _state.Availability.Incidents.Taken(key, sequence);
            return new Step(ReferenceEquals(incidents, _state.Availability.Incidents) ? _state : _state with { Availability = _state.Availability with { Incidents = incidents } }, []);
        }

        /// <summary>A test that ended is evidence of life or death as well.</summary>
        private void SeeTest(TestResult result, Outcome judged)
        {
            if (LivenessEvidence.Of(judged.Code) is { } alive) See(result.Region, result.PlannedAt, alive, judged.Code);
        }

        private void See(RegionId region, DateTimeOffset at, bool alive, OutcomeCode code)
        {
            if (!_state.Active) return;
            var seen = AvailabilityRule.See(_state.Availability, region, at, alive, code, _env, _state.Record);
            if (ReferenceEquals(seen, _state.Availability)) return;

            if (seen.SightOf(region) is { Published: null } sight && sight.Window.Availability(_now) is { } first)
            {
                seen = seen.With(sight with { Published = first });
                _effects.Add(new Effect.PublishAvailability(_state.Id, region, first));
            }

            // Each piece of evidence is looked at by itself, or a run within one report would be seen as its end alone.
            _state = _state with { Availability = seen };
            LookAtAvailability();
        }

        private void RepeatAvailability()
        {
            foreach (var owed in _state.Availability.Incidents.Owed) _effects.Add(Telling(owed));
            foreach (var sight in _state.Availability.Sights) _effects.Add(new Effect.PublishAvailability(_state.Id, sight.Region, sight.Published));
        }

        private void LookAtAvailability()
        {
            var before = _state.Availability;
            if (!_state.Active)
            {
                // Until the registry has spoken after a start nobody has left.
                if (_state.WithdrawnAt is null || before.Incidents.Open.IsEmpty) return;
                Become(before with
                {
                    Phase = AvailabilityPhase.Up,
                    Flapping = false,
                    Unheard = false,
                    WatchedSince = default,
                    Sights = [.. before.Sights.Select(s => s.Blind() with { Phase = AvailabilityPhase.Up })],
                    Incidents = before.Incidents.Open.Aggregate(before.Incidents, (book, open) =>
                        book.Resolved(open.Incident.Key.Rule, open.Incident.Key.Region, _now, $"{_state.Id} left the active set.")),
                });
                return;
            }

            var (next, ask) = AvailabilityRule.Look(before, _state.Id, _state.Record, _env);
            if (next.WatchedSince == default) next = next with { WatchedSince = _now, RulesDueAt = _now + _policy.Availability.RulesEvery };
            Become(next);
            foreach (var region in ask) _effects.Add(new Effect.CheckLiveness(_state.Id, region));
            if (_now >= next.RulesDueAt) LookAtRules();
        }

        private void LookAtRules()
        {
            var availability = _state.Availability;
            foreach (var sight in availability.Sights)
            {
                var window = sight.Window;
                foreach (var span in _regions.Anomalies.Concat(_regions.Muted).Where(a => a.Region == sight.Region)) window = window.Without(span.From, span.Until ?? _now);
                var published = window.Availability(_now);
                if (!ReferenceEquals(window, sight.Window) || published != sight.Published) availability = availability.With(sight with { Window = window, Published = published });
                if (published != sight.Published) _effects.Add(new Effect.PublishAvailability(_state.Id, sight.Region, published));
            }

            Become(availability with
            {
                Incidents = PerformanceRules.Look(_state, availability.WatchedSince, _now, _policy, _regions),
                RulesDueAt = _now + _policy.Availability.RulesEvery,
            });
        }

        private void Become(AvailabilityState next)
        {
            var owed = _state.Availability.Incidents.Owed;
            _state = ReferenceEquals(next, _state.Availability) ? _state : _state with { Availability = next };
            if (next.Incidents.Owed == owed) return;
            foreach (var notification in next.Incidents.Owed)
            {
                if (!owed.Contains(notification)) _effects.Add(Telling(notification));
            }
        }

        private static Effect Telling(Notification notification) => notification.Kind switch
        {
            NotificationKind.Opened => new Effect.OpenIncident(notification),
            NotificationKind.Resolved => new Effect.ResolveIncident(notification),
            _ => new Effect.ChangeIncident(notification),
        };

        private static DateTimeOffset? NextLook(OrchestratorState state, Policy policy) => state.Active && state.Availability.WatchedSince != default
            ? Sooner(AvailabilityRule.NextLook(state.Availability, policy.Availability), state.Availability.RulesDueAt)
            : null;

        private static DateTimeOffset Sooner(DateTimeOffset? a, DateTimeOffset b) => a < b ? a.Value : b;

        // A check plans nothing and publishes no score: only the deadline may be another one.
        private Step EndQuietly()
        {
            if (NextLook(_state, _policy) != _nextLookBefore) Arm();
            return new Step(_state, _effects.ToImmutable());
        }
    }
}
