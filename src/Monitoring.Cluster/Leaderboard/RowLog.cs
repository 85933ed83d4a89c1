using Monitoring.Core;

namespace Monitoring.Cluster.Leaderboard;

/// <summary>
/// Rows of the leaderboard, and since which version each is as it is: whoever has the rows of a version is told what changed since, instead of
/// all of them. Used by one caller at a time.
/// </summary>
internal sealed class RowLog
{
    /// <summary>The most that is remembered of rows that went; beyond it whoever is behind gets all rows.</summary>
    public const int MostGone = 1_000;

    private readonly SortedDictionary<OrchestratorId, (LeaderboardRow Row, long Since)> _rows = [];
    private readonly Dictionary<OrchestratorId, long> _gone = [];

    // What went before it, and that version too, is forgotten.
    private long _forgotten;

    /// <summary>All rows, in order of the orchestrators' addresses.</summary>
    public ImmutableArray<LeaderboardRow> All
    {
        get
        {
            var rows = ImmutableArray.CreateBuilder<LeaderboardRow>(_rows.Count);
            foreach (var (row, _) in _rows.Values) rows.Add(row);
            return rows.MoveToImmutable();
        }
    }

    /// <summary>An orchestrator's row; null where it has none.</summary>
    public LeaderboardRow? Find(OrchestratorId orchestrator) => _rows.GetValueOrDefault(orchestrator).Row;

    /// <summary>The orchestrators that have a row, in order.</summary>
    public IEnumerable<OrchestratorId> Orchestrators => _rows.Keys;

    /// <summary>An orchestrator's row from a version on.</summary>
    /// <returns>False when it looks as before: then the row of before stays, and with it everything that was made of it.</returns>
    public bool Put(LeaderboardRow row, long version)
    {
        if (_rows.TryGetValue(row.Orchestrator, out var known) && Same(known.Row, row)) return false;
        _rows[row.Orchestrator] = (row, version);
        _gone.Remove(row.Orchestrator);
        return true;
    }

    /// <summary>From a version on an orchestrator has no row.</summary>
    /// <returns>False when it had none.</returns>
    public bool Remove(OrchestratorId orchestrator, long version)
    {
        if (!_rows.Remove(orchestrator)) return false;
        if (_gone.Count >= MostGone)
        {
            _forgotten = _gone.Values.Max();
            _gone.Clear();
        }

        _gone[orchestrator] = version;
        return true;
    }

    /// <summary>What changed after a version.</summary>
    /// <returns>Null when that is not known any more: then all rows are to be told.</returns>
    public RowChanges? Since(long version)
    {
        if (version < _forgotten) return null;
        var rows = ImmutableArray.CreateBuilder<LeaderboardRow>();
        foreach (var (row, since) in _rows.Values)
        {
            if (since > version) rows.Add(row);
        }

        return new RowChanges(rows.ToImmutable(), [.. _gone.Where(g => g.Value > version).Select(g => g.Key).Order()]);
    }

    // Cells are an array, which is equal to no other.
    private static bool Same(LeaderboardRow a, LeaderboardRow b) => a with { Cells = b.Cells } == b && a.Cells.SequenceEqual(b.Cells);
}

/// <summary>What changed from one version of rows to another.</summary>
/// <param name="Rows">The rows that are new or other, in order of the orchestrators' addresses.</param>
/// <param name="Gone">Who has no row any more, in order.</param>
internal readonly record struct RowChanges(ImmutableArray<LeaderboardRow> Rows, ImmutableArray<OrchestratorId> Gone)
{
    /// <summary>The rows with the changes. A row that did not change is the same object.</summary>
    /// <param name="before">The rows of the version that these are the changes from, in order of the orchestrators' addresses.</param>
    public ImmutableArray<LeaderboardRow> On(ImmutableArray<LeaderboardRow> before)
    {
        var after = ImmutableArray.CreateBuilder<LeaderboardRow>(before.Length + Rows.Length);
        var (from, changed, gone) = (0, 0, 0);
        while (changed < Rows.Length || gone < Gone.Length)
        {
            var isGone = changed == Rows.Length || (gone < Gone.Length && Gone[gone] < Rows[changed].Orchestrator);
            var id = isGone ? Gone[gone++] : Rows[changed].Orchestrator;

            // What lies between two changes is copied as it is.
            var at = before.PlaceOf(id, from);
            after.AddRange(before.AsSpan(from..at));
            from = at < before.Length && before[at].Orchestrator == id ? at + 1 : at;
            if (!isGone) after.Add(Rows[changed++]);
        }

        after.AddRange(before.AsSpan(from..));
        return after.DrainToImmutable();
    }
}
