using Monitoring.Cluster.Incidents;
using Monitoring.Cluster.Wire;
using Monitoring.Core;

namespace Monitoring.Cluster.Leaderboard;

/// <summary>A part of the leaderboard's rows, in memory. Its key is the number of the shard.</summary>
[Alias("monitoring.score-shard")]
internal interface IScoreShardGrain : IGrainWithIntegerKey
{
    /// <summary>Shows a row from now on, or with null none, and how the orchestrator stands. Of two calls for one orchestrator the higher version stays, in whatever order.</summary>
    /// <returns>0 when it is shown; the version that stays when that is as high.</returns>
    [Alias("Show")]
    Task<long> Show(OrchestratorId orchestrator, LeaderboardRow? row, long version, OrchestratorStanding? standing);

    /// <summary>How the shard's orchestrators stand together.</summary>
    [Alias("Standing")]
    [ResponseTimeout("00:00:05")]
    Task<ShardStanding> Standing();

    /// <summary>What changed of the rows since, or all of them where that is not known.</summary>
    /// <param name="known">What the caller has: <see cref="ShardRows.Version"/>; 0 for nothing.</param>
    /// <param name="life">From whom the caller has it: <see cref="ShardRows.Life"/>; 0 for a caller that takes nothing but all rows.</param>
    /// <returns>Null when nothing changed.</returns>
    [Alias("RowsSince")]
    Task<ShardRows?> RowsSince(long known, long life);
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

    /// <summary>In order of the orchestrators' addresses; none while the shard collects.</summary>
    [Id(2)]
    public required ImmutableArray<LeaderboardRow> Rows { get; init; }

    /// <summary>Which life of the shard they are of, never 0; versions of another one do not join. 0 of a shard that tells no changes.</summary>
    [Id(3)]
    public long Life { get; init; }

    /// <summary>The version that the rows are the changes from; 0 when they are all.</summary>
    [Id(4)]
    public long Since { get; init; }

    /// <summary>Who has no row any more, in order; empty when the rows are all.</summary>
    [Id(5)]
    public ImmutableArray<OrchestratorId> Gone { get; init; } = [];
}

/// <summary>How the orchestrators of a shard stand together.</summary>
[GenerateSerializer]
[Alias("monitoring.shard-standing")]
[Immutable]
internal sealed class ShardStanding
{
    /// <summary>False while the shard still collects after its activation.</summary>
    [Id(0)]
    public required bool IsComplete { get; init; }

    /// <summary>Those in the active set.</summary>
    [Id(1)]
    public required int Active { get; init; }

    /// <summary>Those of them that are not up.</summary>
    [Id(2)]
    public required int Troubled { get; init; }

    /// <summary>Those of them that are down or recovering.</summary>
    [Id(3)]
    public required int Down { get; init; }

    /// <summary>Planned tests of the last 24 hours in our regions, of those in the active set.</summary>
    [Id(4)]
    public required long Planned { get; init; }

    /// <summary>Those of them that count.</summary>
    [Id(5)]
    public required long Counted { get; init; }

    /// <summary>Who does not answer where.</summary>
    [Id(6)]
    public required ImmutableArray<FailingWire> Failing { get; init; }

    /// <summary>Those in the active set that no region hears, while the regions may be at fault themselves.</summary>
    [Id(7)]
    public int Unheard { get; init; }
}
