using System.Numerics;

namespace Monitoring.Core.Tests;

/// <summary>
/// The rules of a cell written a second time, slowly: every revision ever seen is kept in a list, and each question is answered from the
/// whole list by definition, in integers of any size (and decimals for the old averages). It shares no code with the window.
/// </summary>
internal sealed class ReferenceCell(Policy policy)
{
    private readonly List<OutcomeRevision> _all = [];

    public void Add(OutcomeRevision revision) => _all.Add(revision);

    /// <summary>The last revision of each test in order of time, with the code it counts as.</summary>
    public List<(OutcomeRevision Revision, OutcomeCode Code)> Judged()
    {
        var last = _all.GroupBy(r => r.Test.Text).Select(g => g.OrderBy(r => r.Revision).Last())
            .OrderBy(r => r.TestTime).ThenBy(r => r.Test.Text, StringComparer.Ordinal).ToList();
        var judged = new List<(OutcomeRevision, OutcomeCode)>();
        for (var i = 0; i < last.Count; i++)
        {
            var code = last[i].Outcome.Code;
            if (code == OutcomeCode.Capped)
            {
                var evidence = last.Take(i + 1).Where(r => ClassOf(r.Outcome.Code) is 'S' or 'F' or 'X')
                    .Where(r => last[i].TestTime - r.TestTime < TimeSpan.FromHours(24 * 2 * policy.CappedOf / policy.Schedule.TestsPerDay)).TakeLast(policy.CappedOf);
                if (evidence.Count(r => r.Outcome.Code == OutcomeCode.Capped) > policy.CappedExcused) code = OutcomeCode.PersistentlyCapped;
            }

            judged.Add((last[i], code));
        }

        return judged;
    }

    public PublishedCell? Publish(DateTimeOffset? withdrawnAt, DateTimeOffset now)
    {
        var judged = Judged();
        var measured = Window(judged, now);
        if (measured.Tests > 0) return measured;

        var evidence = judged.Where(j => ClassOf(j.Code) is 'S' or 'F' or 'X').ToList();
        if (evidence.Count == 0) return null;
        var latest = evidence[^1];
        var reasons = new List<DateTimeOffset>();
        if (ClassOf(latest.Code) == 'F' || latest.Code is OutcomeCode.PricedOut or OutcomeCode.Incompatible) reasons.Add(latest.Revision.TestTime);
        if (withdrawnAt is { } left) reasons.Add(left);
        if (reasons.Count > 0)
        {
            return now - reasons.Max() >= TimeSpan.FromDays(30) ? null : new PublishedCell
            {
                State = CellState.Zero, SuccessRate = 0, RoundTripScore = 0, Score = 0, Planned = measured.Planned, LastTestAt = latest.Revision.TestTime,
            };
        }

        var counted = judged.Where(j => ClassOf(j.Code) is 'S' or 'F').ToList();
        if (counted.Count == 0 || now - counted[^1].Revision.TestTime >= TimeSpan.FromDays(7)) return null;
        return Window(judged, counted[^1].Revision.TestTime, held: true) with { State = CellState.Held, Planned = measured.Planned, Tests = 0 };
    }

    // The scores of the 24 h before an instant; a held window ends with its last test, one that is measured knows no end.
    private PublishedCell Window(List<(OutcomeRevision Revision, OutcomeCode Code)> judged, DateTimeOffset end, bool held = false)
    {
        var known = held ? judged.Where(j => j.Revision.TestTime <= end).ToList() : judged;
        var recent = known.Where(j => end - j.Revision.TestTime < TimeSpan.FromHours(24)).ToList();
        var methods = recent.Where(j => j.Revision.Summary is not null).ToList();
        var method = (methods.Where(j => ClassOf(j.Code) is 'S' or 'F').LastOrDefault().Revision ?? methods.LastOrDefault().Revision)?.Summary?.Method;
        var inside = recent.Where(j => j.Revision.Summary is null || j.Revision.Summary.Method == method).ToList();
        var counted = inside.Where(j => ClassOf(j.Code) is 'S' or 'F').Select(j => j.Revision).ToList();
        BigInteger received = 0, expected = 0, duration = 0, roundTrip = 0, source = 0, realTime = 0;
        foreach (var revision in counted)
        {
            received += revision.Summary!.Sums.Received;
            expected += revision.Summary.Sums.Expected;
            duration += revision.Summary.Sums.DurationMicros;
            roundTrip += revision.Summary.Sums.RoundTripMicros;
            source += revision.Summary.SourceSegments;
            realTime += revision.Summary.RealTimeSegments;
        }

        var rate = expected.IsZero ? 0 : (double)received / (double)expected;
        var latency = roundTrip.IsZero || duration.IsZero ? 0 : 1 - Math.Exp(-((double)duration / (double)roundTrip));
        if (policy.Scoring == ScoringMethod.LeaderboardServerless && counted.Count > 0)
        {
            rate = (double)counted.Average(r => (decimal)r.Summary!.Averages.SuccessRate);
            var time = counted.Average(r => (decimal)r.Summary!.Averages.RoundTripTime);
            latency = time == 0 ? 0 : 1 - Math.Exp(-(double)(counted.Average(r => (decimal)r.Summary!.Averages.SegDuration) / time));
        }

        var (low, high) = WilsonInterval.Of(rate, counted.Count);
        return new PublishedCell
        {
            State = CellState.Measured,
            SuccessRate = rate,
            RoundTripScore = latency,
            Score = rate * latency,
            Tests = counted.Count,
            Planned = inside.Count,
            RealTimeRate = source.IsZero ? 0 : (double)realTime / (double)source,
            SuccessRateLow = low,
            SuccessRateHigh = high,
            LastTestAt = counted.LastOrDefault()?.TestTime,
        };
    }

    private static char ClassOf(OutcomeCode code) => code switch
    {
        OutcomeCode.Completed or OutcomeCode.Partial => 'S',
        OutcomeCode.Capped or OutcomeCode.PricedOut or OutcomeCode.Incompatible or OutcomeCode.Maintenance => 'X',
        OutcomeCode.OurNetwork or OutcomeCode.OurOverload or OutcomeCode.RegionAnomaly => 'V',
        OutcomeCode.NoReport or OutcomeCode.NoWorker or OutcomeCode.RegionStale or OutcomeCode.Missed or OutcomeCode.Rescheduled or OutcomeCode.ShuttingDown => 'N',
        _ => 'F',
    };
}
