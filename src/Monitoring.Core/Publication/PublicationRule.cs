namespace Monitoring.Core;

/// <summary>
/// What a cell publishes (design section 6). Counted tests in the window: their scores. None, and the latest valid evidence is against the
/// orchestrator, or it left the active set: zeros, for 30 days. None because of us: the last value, for 7 days. Never measured: nothing.
/// So a region that is dead, or ours that failed, never publishes a zero.
/// </summary>
public static class PublicationRule
{
    /// <summary>
    /// Brings a cell up to an instant. What nothing can change any more (<see cref="Policy.Final"/>) is remembered as far as a later publication
    /// may need it: the latest evidence and the latest scores. What that needed (a window, and the tests on which the excuse of a capped
    /// one depends) is kept until then and dropped after. Call it with instants in any order; only the latest matters.
    /// </summary>
    public static Cell Settle(Cell cell, DateTimeOffset asOf, Policy policy)
    {
        var capped = policy.Capped;
        var final = asOf - policy.Final - TimeSpan.FromTicks(1);
        var earlier = Later(cell.Earlier, cell.Window.Latest(capped, IsEvidence, final));
        var held = HeldOf(cell, final, policy);
        var kept = cell.Window.Trim(final - policy.Window - capped.Within);
        return earlier == cell.Earlier && ReferenceEquals(held, cell.Held) && ReferenceEquals(kept, cell.Window)
            ? cell
            : cell with { Window = kept, Earlier = earlier, Held = held };
    }

    /// <summary>What to publish now, or null to omit the region.</summary>
    /// <param name="cell">A settled cell.</param>
    /// <param name="withdrawnAt">When the orchestrator left the active set; null while it is in it, or where nobody keeps such a set.</param>
    /// <param name="now">The instant.</param>
    /// <param name="policy">The rules.</param>
    public static PublishedCell? Of(Cell cell, DateTimeOffset? withdrawnAt, DateTimeOffset now, Policy policy)
    {
        var cut = now - policy.Window;
        var capped = policy.Capped;
        var totals = cell.Window.Total(cut, capped);
        if (totals.Counted > 0) return Score(totals, cell.Window.Judged(cut, capped), CellState.Measured, policy);

        if (LatestOf(cell, policy) is not { } evidence) return null;
        var zeroSince = IsAgainst(evidence.Code) ? evidence.At : (DateTimeOffset?)null;
        if (withdrawnAt is { } left && (zeroSince is null || left > zeroSince)) zeroSince = left;
        if (zeroSince is { } since)
        {
            return now < since + policy.ZeroFor ? Zero(totals.Planned, evidence.At) : null;
        }

        return HeldOf(cell, null, policy) is { LastTestAt: { } at } held && now < at + policy.HoldFor ? held with { Planned = totals.Planned, Tests = 0 } : null;
    }

    /// <summary>The next instant after <paramref name="now"/> at which <see cref="Of"/> may answer differently by the passing of time alone.</summary>
    public static DateTimeOffset? NextChange(Cell cell, DateTimeOffset? withdrawnAt, DateTimeOffset now, Policy policy)
    {
        DateTimeOffset? next = null;
        void Consider(DateTimeOffset? at)
        {
            if (at > now && (next is null || at < next)) next = at;
        }

        Consider(cell.Window.Oldest(now - policy.Window) + policy.Window);
        Consider(LatestOf(cell, policy)?.At + policy.ZeroFor);
        Consider(withdrawnAt + policy.ZeroFor);
        Consider(cell.Window.Latest(policy.Capped, Counts)?.At + policy.HoldFor);
        Consider(cell.Held?.LastTestAt + policy.HoldFor);
        return next;
    }

    private static LatestEvidence? LatestOf(Cell cell, Policy policy) => Later(cell.Earlier, cell.Window.Latest(policy.Capped, IsEvidence));

    // The scores of the window as it stood when the latest counted test was new: a function of the results, not of when anybody looked.
    private static PublishedCell? HeldOf(Cell cell, DateTimeOffset? until, Policy policy)
    {
        if (cell.Window.Latest(policy.Capped, Counts, until) is not { At: var last } || cell.Held?.LastTestAt >= last) return cell.Held;
        var from = last - policy.Window;
        return Score(cell.Window.Total(from, policy.Capped, last), cell.Window.Judged(from, policy.Capped, last), CellState.Held, policy);
    }

    // What is remembered was judged with all its neighbours; they may be gone since, so the same test is not judged again.
    private static LatestEvidence? Later(LatestEvidence? remembered, LatestEvidence? seen) =>
        remembered is null || seen?.At > remembered.Value.At ? seen : remembered;

    private static bool Counts(OutcomeClass c) => c is OutcomeClass.Success or OutcomeClass.Fault;

    private static bool IsEvidence(OutcomeClass c) => c is OutcomeClass.Success or OutcomeClass.Fault or OutcomeClass.Excluded;

    private static bool IsAgainst(OutcomeCode code) =>
        OutcomeCodes.ClassOf(code) == OutcomeClass.Fault || code is OutcomeCode.PricedOut or OutcomeCode.Incompatible;

    private static PublishedCell Zero(int planned, DateTimeOffset lastTestAt) => new()
    {
        State = CellState.Zero, SuccessRate = 0, RoundTripScore = 0, Score = 0, Planned = planned, LastTestAt = lastTestAt,
    };

    private static PublishedCell Score(WindowTotals totals, IEnumerable<(WindowEntry Entry, OutcomeCode Code)> judged, CellState state, Policy policy)
    {
        var scores = policy.Scoring == ScoringMethod.LeaderboardServerless
            ? LegacyScores.Transcoding(judged.Where(j => Counts(OutcomeCodes.ClassOf(j.Code))).Select(j => j.Entry.Averages))
            : ScoreFormula.Of(totals.Sums);
        var (low, high) = WilsonInterval.Of(scores.SuccessRate, totals.Counted);
        return new PublishedCell
        {
            State = state,
            SuccessRate = scores.SuccessRate,
            RoundTripScore = scores.RoundTripScore,
            Score = scores.Total,
            Tests = totals.Counted,
            Planned = totals.Planned,
            RealTimeRate = totals.RealTimeRate,
            SuccessRateLow = low,
            SuccessRateHigh = high,
            LastTestAt = totals.LastCountedAt,
        };
    }
}
