using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>
/// The counted transcoding results of one orchestrator in one region, for a window that a client chose. Our own tests are judged by the same
/// rule as in the published window; posted ones are what they are. A window never mixes the two: the side with the newer test counts.
/// </summary>
internal sealed class CellTally
{
    private readonly List<WindowEntry> _own = [];
    private readonly List<LegacyAverages> _posted = [];
    private ScoreSums _postedSums;
    private DateTimeOffset _newestPosted = DateTimeOffset.MinValue;

    /// <summary>Takes a result; of a posted one only if it lies in the window, for nothing looks back at it.</summary>
    public void Add(OutcomeRevision result, DateTimeOffset since)
    {
        if (result.Summary?.Posted is null)
        {
            _own.Add(WindowEntry.Of(result) with { RoundTripsMicros = [] });
        }
        else if (result.TestTime >= since && result.Outcome.Counts)
        {
            _posted.Add(result.Summary.Averages);
            _postedSums += result.Summary.Sums;
            if (result.TestTime > _newestPosted) _newestPosted = result.TestTime;
        }
    }

    /// <summary>The scores of the tests from <paramref name="since"/> to <paramref name="until"/>, or null when none counts.</summary>
    public Scores? Score(DateTimeOffset since, DateTimeOffset until, CappedRule capped, ScoringMethod method)
    {
        // A window begins after its cut, and both ends of a client's belong to it.
        var own = Window.Of(_own);
        var cut = since - TimeSpan.FromTicks(1);
        var totals = own.Total(cut, capped, until);
        if (totals.Counted > 0 && totals.LastCountedAt >= _newestPosted)
        {
            return method == ScoringMethod.Sums ? ScoreFormula.Of(totals.Sums) : LegacyScores.Transcoding(
                own.Judged(cut, capped, until)
                    .Where(j => OutcomeCodes.ClassOf(j.Code) is OutcomeClass.Success or OutcomeClass.Fault)
                    .Select(j => j.Entry.Averages));
        }

        if (_posted.Count == 0) return null;
        return method == ScoringMethod.Sums ? ScoreFormula.Of(_postedSums) : LegacyScores.Transcoding(_posted);
    }
}
