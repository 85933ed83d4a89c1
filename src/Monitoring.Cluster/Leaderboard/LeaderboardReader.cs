using Monitoring.Cluster.Roles;
using Monitoring.Core;
using Orleans.Concurrency;

namespace Monitoring.Cluster.Leaderboard;

/// <inheritdoc cref="ILeaderboardReader" />
[StatelessWorker(1)]
[HubOnly]
[GrainType("leaderboard-reader")]
internal sealed class LeaderboardReader(SiloLeaderboard board) : Grain, ILeaderboardReader
{
    public Task<LeaderboardSnapshot> Current() => Task.FromResult(board.Current);
}
