using Monitoring.Cluster.Incidents;
using Monitoring.Cluster.Wire;
using Monitoring.Core;

namespace Monitoring.Cluster.Leaderboard;

/// <summary>
/// How the orchestrators of a shard stand together, kept as each of them changes: it is asked for every few seconds, and there may be very many. Used
/// by one caller at a time.
/// </summary>
/// <param name="regions">The regions whose cells count.</param>
internal sealed class ShardTotals(ImmutableArray<RegionId> regions)
{
    private readonly Dictionary<OrchestratorId, OrchestratorStanding> _standings = [];

    // Those of the active set that do not answer somewhere.
    private readonly Dictionary<OrchestratorId, OrchestratorStanding> _failing = [];
    private NetworkCounts _standing;
    private (long Planned, long Counted) _cells;

    /// <summary>An orchestrator stands otherwise.</summary>
    public void Put(OrchestratorId orchestrator, OrchestratorStanding standing)
    {
        if (_standings.TryGetValue(orchestrator, out var before)) Add(before, -1);
        _standings[orchestrator] = standing;
        Add(standing, 1);
        if (standing is { Active: true, Failing.IsEmpty: false }) _failing[orchestrator] = standing;
        else _failing.Remove(orchestrator);
    }

    /// <summary>A row is in place of another; null for none.</summary>
    public void Put(LeaderboardRow? before, LeaderboardRow? row)
    {
        Add(before, -1);
        Add(row, 1);
    }

    /// <summary>What all of them are together.</summary>
    /// <param name="isComplete">True once all are known.</param>
    public ShardStanding Sum(bool isComplete) => new()
    {
        IsComplete = isComplete,
        Active = _standing.Active,
        Troubled = _standing.Troubled,
        Down = _standing.Down,
        Unheard = _standing.Unheard,
        Planned = _cells.Planned,
        Counted = _cells.Counted,
        Failing = [.. _failing.SelectMany(s => s.Value.Failing.Select(f => new FailingWire { Orchestrator = s.Key, Sight = f }))],
    };

    private void Add(OrchestratorStanding standing, int sign)
    {
        if (standing.Active) _standing = _standing.With(standing.PhaseOf(), standing.Unheard, sign);
    }

    private void Add(LeaderboardRow? row, int sign)
    {
        if (row is not { Active: true }) return;
        foreach (var (region, cell) in row.Cells)
        {
            if (!regions.Contains(region)) continue;
            _cells.Planned += sign * (long)cell.Planned;
            _cells.Counted += sign * (long)Math.Min(cell.Tests, cell.Planned);
        }
    }
}
