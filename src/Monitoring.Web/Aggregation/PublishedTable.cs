using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>
/// The published leaderboard as <c>aggregated_stats</c> answers it. The plain read is bytes made once per snapshot: gateways and the
/// explorer ask for nothing else, and it must not depend on storage.
/// </summary>
internal sealed class PublishedTable(ILeaderboard leaderboard, WebOptions options)
{
    private readonly Lock _making = new();
    private volatile BoardBytes? _made;

    /// <summary>The whole board.</summary>
    public ReadOnlyMemory<byte> All()
    {
        var snapshot = leaderboard.Current;
        if (_made is { } made && ReferenceEquals(made.Snapshot, snapshot)) return made.Bytes;
        lock (_making)
        {
            // Whoever waited here finds it made; a snapshot that came meanwhile is the next reader's to make.
            if (_made is not { } other || !ReferenceEquals(other.Snapshot, snapshot)) _made = BoardBytes.Of(snapshot, _made, row => Write([row], null));
            return _made.Bytes;
        }
    }

    /// <summary>The cells of one orchestrator, of one region, or both; the same numbers as in the whole board.</summary>
    public ReadOnlyMemory<byte> Some(OrchestratorId? orchestrator, RegionId? region) =>
        Write(orchestrator is { } one ? RowOf(leaderboard.Current.Rows, one) : leaderboard.Current.Rows, region);

    /// <summary>The orchestrators that are not published because their address is not verified.</summary>
    public HashSet<OrchestratorId> Hidden() =>
        options.PublishUnverified ? [] : leaderboard.Current.Rows.Where(row => !row.Verified).Select(row => row.Orchestrator).ToHashSet();

    // One is found without a look at the others.
    private static ImmutableArray<LeaderboardRow> RowOf(ImmutableArray<LeaderboardRow> rows, OrchestratorId orchestrator)
    {
        var at = rows.PlaceOf(orchestrator);
        return at < rows.Length && rows[at].Orchestrator == orchestrator ? [rows[at]] : [];
    }

    private byte[] Write(ImmutableArray<LeaderboardRow> rows, RegionId? region)
    {
        var table = new ScoreTable();
        foreach (var row in rows)
        {
            if (!row.Verified && !options.PublishUnverified) continue;
            foreach (var (id, cell) in row.Cells)
            {
                if (region is null || id == region) table.Set(row.Orchestrator, id, new Scores(cell.SuccessRate, cell.RoundTripScore, cell.Score));
            }
        }

        return table.ToJson();
    }
}
