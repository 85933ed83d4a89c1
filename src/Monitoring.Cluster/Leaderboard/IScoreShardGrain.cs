using Monitoring.Core;

namespace Monitoring.Cluster.Leaderboard;

/// <summary>A part of the leaderboard's rows, in memory. Its key is the number of the shard.</summary>
[Alias("monitoring.score-shard")]
internal interface IScoreShardGrain : IGrainWithIntegerKey
{
    /// <summary>Shows a row from now on, or with null none. Of two calls for one orchestrator the higher version stays, in whatever order.</summary>
    /// <returns>0 when it is shown; the version that stays when that is as high.</returns>
    [Alias("Show")]
    Task<long> Show(OrchestratorId orchestrator, LeaderboardRow? row, long version);

    /// <summary>The rows, if they changed since.</summary>
    /// <param name="known">What the caller has: <see cref="ShardRows.Version"/>; 0 for nothing.</param>
    /// <returns>Null when nothing changed.</returns>
    [Alias("RowsSince")]
    Task<ShardRows?> RowsSince(long known);
}

/// <summary>The rows of a shard.</summary>
[GenerateSerializer]
[Alias("monitoring.shard-rows")]
[Immutable]
internal sealed class ShardRows
{
    /// <summary>Changes with every change, over activations too.</summary>
    [Id(0)]
    public required long Version { get; init; }

    /// <summary>False while the shard still collects rows after its activation.</summary>
    [Id(1)]
    public required bool IsComplete { get; init; }

    /// <summary>In order of the orchestrators' addresses.</summary>
    [Id(2)]
    public required ImmutableArray<LeaderboardRow> Rows { get; init; }
}
