using Monitoring.Core;
using Monitoring.Web;

namespace Monitoring.Standalone.Hub;

/// <summary>
/// The leaderboard in the making: takes published cells one by one and puts immutable snapshots in front of readers. Written by the hub's
/// loop alone; read by anybody.
/// </summary>
internal sealed class Board : ILeaderboard
{
    private readonly SortedDictionary<OrchestratorId, LeaderboardRow> _rows = [];
    private readonly Dictionary<(OrchestratorId, RegionId), double> _availability = [];
    private LeaderboardSnapshot _current = LeaderboardSnapshot.Empty;

    /// <inheritdoc />
    public LeaderboardSnapshot Current => Volatile.Read(ref _current);

    /// <summary>True when something changed since the last snapshot.</summary>
    public bool IsStale { get; private set; }

    /// <summary>Shows a cell from the next snapshot on, or omits it.</summary>
    public void Set(OrchestratorState state, RegionId region, PublishedCell? cell)
    {
        var cells = _rows.TryGetValue(state.Id, out var row) ? row.Cells : [];
        var at = 0;
        while (at < cells.Length && cells[at].Region < region) at++;
        var there = at < cells.Length && cells[at].Region == region;
        if (cell is null)
        {
            if (!there) return;
            cells = cells.RemoveAt(at);
        }
        else
        {
            var shown = new LeaderboardCell(region, cell) { Availability = _availability.TryGetValue((state.Id, region), out var share) ? share : null };
            cells = there ? cells.SetItem(at, shown) : cells.Insert(at, shown);
        }

        if (cells.IsEmpty) _rows.Remove(state.Id);
        else _rows[state.Id] = LeaderboardRow.Of(state, cells);
        IsStale = true;
    }

    /// <summary>Shows beside a cell's scores how much of the day it was up; null for no evidence. A region without scores shows none.</summary>
    public void Set(OrchestratorState state, RegionId region, double? availability)
    {
        if (availability is { } share) _availability[(state.Id, region)] = share;
        else _availability.Remove((state.Id, region));
        if (!_rows.TryGetValue(state.Id, out var row)) return;
        for (var i = 0; i < row.Cells.Length; i++)
        {
            if (row.Cells[i].Region != region || row.Cells[i].Availability == availability) continue;
            _rows[state.Id] = LeaderboardRow.Of(state, row.Cells.SetItem(i, row.Cells[i] with { Availability = availability }));
            IsStale = true;
        }
    }

    /// <summary>Shows what else a row tells of its orchestrator.</summary>
    public void Describe(OrchestratorState state)
    {
        if (!_rows.TryGetValue(state.Id, out var row)) return;
        var next = LeaderboardRow.Of(state, row.Cells);
        if (next == row) return;
        _rows[state.Id] = next;
        IsStale = true;
    }

    /// <summary>Puts a new snapshot in front of readers.</summary>
    public void Publish(DateTimeOffset now)
    {
        Volatile.Write(ref _current, new LeaderboardSnapshot(_current.Version + 1, now, [.. _rows.Values]));
        IsStale = false;
    }
}
