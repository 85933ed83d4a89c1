namespace Monitoring.Core;

/// <content>What a result is worth: taken, refused, judged and judged again.</content>
public static partial class Orchestrator
{
    private sealed partial class Turn
    {
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

            if (result.Outcome.Code == OutcomeCode.SpendCap)
            {
                // A cap of the region itself stopped the test: nothing counts, and it knows better why than a report that never comes.
                Defer(result.Id, OutcomeCode.SpendCap);
                return;
            }

            if (Contradiction(result.Outcome, result.Summary) is { } contradiction)
            {
                Refuse(result.Id, contradiction);
                return;
            }

            if (open >= 0) _state = _state with { Open = _state.Open.RemoveAt(open) };
            var judged = Judge(result);
            SeeTest(result, judged);
            Record(new OutcomeRevision
            {
                Test = result.Id,
                Revision = OutcomeRevision.Measured,
                Orchestrator = _state.Id,
                Region = result.Region,
                TestTime = result.PlannedAt,
                RecordedAt = _now,
                Outcome = judged,
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

        private Outcome Judge(TestResult result)
        {
            if (result.Outcome.Class == OutcomeClass.Void) return result.Outcome;
            if (_regions.Covering(result.Region, result.PlannedAt) is { } anomaly) return new Outcome(OutcomeCode.RegionAnomaly, anomaly.Reason);
            return _state.Record?.InMaintenance(result.PlannedAt, _policy.MaintenanceLimit) == true
                ? new Outcome(OutcomeCode.Maintenance, $"announced; the test itself said {result.Outcome.Code}")
                : result.Outcome;
        }

        private bool IsPlanned(TestResult result) => _state.Record is { } record && result.Id.TryGetDay(out var day)
            && _planOf(_state.Id, record, day).Any(t => t.Id == result.Id && t.At == result.PlannedAt && t.Region == result.Region);

        private static string? Contradiction(Outcome outcome, TestSummary summary) =>
            outcome.Class == OutcomeClass.NotRun ? $"a result cannot say that nothing was run ({outcome.Code})"
            : !summary.Sums.IsPossible ? "its sums are not possible"
            : outcome.Counts && summary.Sums.Expected == 0 ? "it counts, but nothing was expected of it"
            : outcome.Counts && summary.Method.Length == 0 ? "it counts, but does not say how it was measured"
            : null;

        private void Refuse(TestId test, string reason) => _effects.Add(new Effect.RefuseReport(test, reason));

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
