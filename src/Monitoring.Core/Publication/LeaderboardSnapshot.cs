namespace Monitoring.Core;

/// <summary>The whole leaderboard at one instant. Immutable; a new one replaces it.</summary>
/// <param name="Version">Grows by one with each snapshot of this process.</param>
/// <param name="AsOf">The instant it was made, UTC.</param>
/// <param name="Rows">Orchestrators in order of their address.</param>
public sealed record LeaderboardSnapshot(long Version, DateTimeOffset AsOf, ImmutableArray<LeaderboardRow> Rows)
{
    /// <summary>A board with nobody on it.</summary>
    public static LeaderboardSnapshot Empty { get; } = new(0, DateTimeOffset.UnixEpoch, []);
}

/// <summary>One orchestrator on the leaderboard.</summary>
/// <param name="Orchestrator">The orchestrator.</param>
/// <param name="ServiceUri">Its service URI, cleaned; empty for one that is only known from posted results.</param>
/// <param name="Verified">False when its id was made from its URI: it stays out of <c>aggregated_stats</c> unless configured otherwise.</param>
/// <param name="Active">False after it left the active set.</param>
/// <param name="Cells">Its published cells in order of the region's code; never empty.</param>
public sealed record LeaderboardRow(
    OrchestratorId Orchestrator, string ServiceUri, bool Verified, bool Active, ImmutableArray<LeaderboardCell> Cells)
{
    /// <summary>The row of an orchestrator; null when nothing of it is published.</summary>
    public static LeaderboardRow? Of(OrchestratorState state)
    {
        ImmutableArray<LeaderboardCell> cells = [.. state.Cells.Where(c => c.Published is not null).Select(c => new LeaderboardCell(c.Region, c.Published!) { Availability = state.Availability.SightOf(c.Region).Published })];
        return cells.IsEmpty ? null : Of(state, cells);
    }

    /// <summary>The row of an orchestrator with these cells.</summary>
    /// <remarks>Results that others post name an address themselves: they are as verified as the poster's key makes them.</remarks>
    public static LeaderboardRow Of(OrchestratorState state, ImmutableArray<LeaderboardCell> cells) =>
        new(state.Id, state.Record?.ServiceUri ?? "", state.Record?.Verified ?? true, state.Active, cells);
}

/// <summary>A cell of the leaderboard.</summary>
/// <param name="Region">The region.</param>
/// <param name="Cell">What is published.</param>
public sealed record LeaderboardCell(RegionId Region, PublishedCell Cell)
{
    /// <summary>
    /// Share of the last 24 hours' liveness intervals with valid evidence in which it answered, 0 to 1; null without evidence.
    /// </summary>
    public double? Availability { get; init; }
}
