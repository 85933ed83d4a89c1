using Monitoring.Core;
using Orleans.Concurrency;

namespace Monitoring.Cluster.Leaderboard;

/// <summary>Makes the snapshots of the whole leaderboard that every silo serves. Key 0.</summary>
[Alias("monitoring.leaderboard")]
internal interface ILeaderboardGrain : IGrainWithIntegerKey
{
    /// <summary>The newest snapshot, if it is newer than the caller's.</summary>
    /// <returns>Null when it is not, and until every shard has collected its rows.</returns>
    [Alias("IfNewer")]
    [AlwaysInterleave]
    Task<LeaderboardSnapshot?> IfNewer(long version);

    /// <summary>What is newer than the snapshot that the caller has.</summary>
    /// <param name="version">The caller's snapshot; 0 for none.</param>
    /// <param name="life">From whom the caller has it: <see cref="LeaderboardNews.Life"/>; 0 for nobody who told.</param>
    /// <returns>Null when nothing is, and until every shard has collected its rows.</returns>
    [Alias("NewsSince")]
    [AlwaysInterleave]
    Task<LeaderboardNews?> NewsSince(long version, long life);

    /// <summary>Since when something may be known that no snapshot shows, UTC; null while the shards answer.</summary>
    [Alias("UnpublishedSince")]
    [AlwaysInterleave]
    [ResponseTimeout("00:00:05")]
    Task<DateTimeOffset?> UnpublishedSince();

    /// <summary>Looks at the shards now, instead of at the next turn of its clock.</summary>
    [Alias("Refresh")]
    Task Refresh();
}
