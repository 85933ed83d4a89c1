namespace Monitoring.Core;

/// <summary>Says who collects inflation without doing the work that it is meant for.</summary>
public static class ContributionRule
{
    /// <summary>So many rounds without fees are no accident; a round is most of a day.</summary>
    public const int RoundsWithoutFees = 8;

    /// <summary>
    /// True for an orchestrator that called for its reward in the last initialized round or the one before, was paid no fees in the last
    /// <see cref="RoundsWithoutFees"/> rounds, and of which no region has a single valid rendition in its window. Null where we cannot know: no
    /// region has anything current of it.
    /// </summary>
    /// <param name="facts">Its stake.</param>
    /// <param name="round">The last initialized round.</param>
    /// <param name="cells">Its published cells. What is only held says nothing of now.</param>
    public static bool? CollectsWithoutContributing(StakeFacts facts, long round, IEnumerable<LeaderboardCell> cells)
    {
        var known = cells.Where(cell => cell.Region != RegionId.Global && cell.Cell.State != CellState.Held).ToList();
        if (known.Count == 0) return null;
        var collects = facts.LastRewardRound > 0 && facts.LastRewardRound >= round - 1;
        var earned = facts.LastFeeRound > 0 && facts.LastFeeRound > round - RoundsWithoutFees;
        return collects && !earned && known.All(cell => cell.Cell.SuccessRate == 0);
    }
}
