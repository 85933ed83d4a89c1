using Monitoring.Core;

namespace Monitoring.Cluster.Leaderboard;

/// <summary>A newer snapshot of the leaderboard: what changed since the one that a silo has, or all of it.</summary>
[GenerateSerializer]
[Alias("monitoring.leaderboard-news")]
[Immutable]
internal sealed class LeaderboardNews
{
    /// <summary>The version of the newer snapshot.</summary>
    [Id(0)]
    public required long Version { get; init; }

    /// <summary>When it was made, UTC.</summary>
    [Id(1)]
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Which life of the leaderboard's grain it is of; versions of another one do not join.</summary>
    [Id(2)]
    public required long Life { get; init; }

    /// <summary>The version that the rows are the changes from; 0 when they are all.</summary>
    [Id(3)]
    public required long Since { get; init; }

    /// <summary>In order of the orchestrators' addresses.</summary>
    [Id(4)]
    public required ImmutableArray<LeaderboardRow> Rows { get; init; }

    /// <summary>Who has no row any more, in order; empty when the rows are all.</summary>
    [Id(5)]
    public ImmutableArray<OrchestratorId> Gone { get; init; } = [];

    /// <summary>The newer snapshot.</summary>
    /// <param name="before">The snapshot that the grain was told of when it was asked.</param>
    public LeaderboardSnapshot On(LeaderboardSnapshot before) => new(Version, AsOf, Since == 0 ? Rows : new RowChanges(Rows, Gone).On(before.Rows));
}
