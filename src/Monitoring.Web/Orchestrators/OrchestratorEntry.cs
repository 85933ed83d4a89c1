using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>One orchestrator as everything that we hold in memory describes it.</summary>
/// <param name="Id">Who.</param>
/// <param name="ServiceUri">Its service URI; empty where it is only known from posted results.</param>
/// <param name="Verified">False when its id was made from its URI.</param>
/// <param name="Active">True while it is in the active set.</param>
/// <param name="Cells">Its published cells, in order of the region's code; empty when nothing is published of it.</param>
/// <param name="Stake">Its stake; null without a chain, or where it is not in the pool.</param>
/// <param name="StakeRound">The round that <paramref name="Stake"/> was read in; 0 without.</param>
internal sealed record OrchestratorEntry(
    OrchestratorId Id, string ServiceUri, bool Verified, bool Active, ImmutableArray<LeaderboardCell> Cells, StakeFacts? Stake, long StakeRound)
{
    /// <summary>Whether it collects rewards without contributing; null where nobody can know.</summary>
    public bool? CollectsWithoutContributing => Stake is null ? null : ContributionRule.CollectsWithoutContributing(Stake, StakeRound, Cells);
}

/// <summary>Everybody who is on the board or enrolled, in order of the address.</summary>
internal sealed class OrchestratorTable(ILeaderboard leaderboard, IOrchestratorBook book)
{
    /// <summary>What the entries follow from: while all three are the same, so are they.</summary>
    public (LeaderboardSnapshot Board, ImmutableDictionary<OrchestratorId, RegistryEntry> Enrolled, StakeBook? Stake) Sources() =>
        (leaderboard.Current, book.Enrolled, book.Stake);

    /// <summary>All of them.</summary>
    public static IEnumerable<OrchestratorEntry> All(LeaderboardSnapshot board, ImmutableDictionary<OrchestratorId, RegistryEntry> enrolled, StakeBook? stake)
    {
        var rows = board.Rows.ToDictionary(row => row.Orchestrator);
        return rows.Keys.Union(enrolled.Keys).Order().Select(id => Entry(id, rows.GetValueOrDefault(id), enrolled.GetValueOrDefault(id), stake));
    }

    /// <summary>One of them; null when nobody knows it.</summary>
    public OrchestratorEntry? Find(OrchestratorId id)
    {
        var (board, enrolled, stake) = Sources();
        var row = board.Rows.FirstOrDefault(r => r.Orchestrator == id);
        var entry = enrolled.GetValueOrDefault(id);
        return row is null && entry is null ? null : Entry(id, row, entry, stake);
    }

    private static OrchestratorEntry Entry(OrchestratorId id, LeaderboardRow? row, RegistryEntry? enrolled, StakeBook? stake) => new(
        id, enrolled?.ServiceUri ?? row!.ServiceUri, enrolled?.Verified ?? row!.Verified, row?.Active ?? true, row?.Cells ?? [], stake?.Members.GetValueOrDefault(id), stake?.Round ?? 0);
}

/// <summary>The book of a host that keeps none.</summary>
internal sealed class EmptyOrchestratorBook : IOrchestratorBook
{
    public ImmutableDictionary<OrchestratorId, RegistryEntry> Enrolled => ImmutableDictionary<OrchestratorId, RegistryEntry>.Empty;

    public StakeBook? Stake => null;
}
