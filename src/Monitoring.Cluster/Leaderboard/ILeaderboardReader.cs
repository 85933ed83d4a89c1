using Monitoring.Core;

namespace Monitoring.Cluster.Leaderboard;

/// <summary>Reads the snapshot of the silo that the call lands on. It costs no other call. Key 0.</summary>
[Alias("monitoring.leaderboard-reader")]
internal interface ILeaderboardReader : IGrainWithIntegerKey
{
    /// <summary>The newest snapshot here.</summary>
    [Alias("Current")]
    Task<LeaderboardSnapshot> Current();
}
