using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Leaderboard;
using Monitoring.Core;
using Monitoring.Storage;
using Monitoring.Web;

namespace Monitoring.Cluster.Run;

/// <summary>A hub is ready while its silo is active, a snapshot is known, and results can be stored, by the last try, and read.</summary>
internal sealed class HubReadiness(SiloState silo, SiloLeaderboard board, StoreGate gate, IResultStore store, TimeProvider time) : IStoreHealth
{
    /// <inheritdoc />
    public async ValueTask<string?> TroubleAsync(CancellationToken cancellationToken)
    {
        if (silo.Trouble is { } trouble) return trouble;
        if (ReferenceEquals(board.Current, LeaderboardSnapshot.Empty)) return "the leaderboard is not known here yet";
        var now = time.GetUtcNow();
        var newest = new ResultQuery { From = now - TimeSpan.FromMinutes(5), Until = now, Limit = 1 };
        await foreach (var _ in store.ReadAsync(newest, cancellationToken)) break;
        return gate.IsOpen ? null : "results cannot be stored";
    }
}
