using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Roles;
using Monitoring.Core;

namespace Monitoring.Cluster.Leaderboard;

/// <inheritdoc cref="ILeaderboardGrain" />
[KeepAlive]
[HubOnly]
[GrainType("leaderboard")]
internal sealed class LeaderboardGrain(HubRules rules, TimeProvider time) : Grain, ILeaderboardGrain
{
    private readonly ShardRows?[] _shards = new ShardRows?[rules.ScoreShards];
    private LeaderboardSnapshot? _current;
    private DateTimeOffset _completeAt = time.GetUtcNow();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(static (board, _) => board.Refresh(), this, new GrainTimerCreationOptions(TimeSpan.Zero, rules.SnapshotEvery));
        return Task.CompletedTask;
    }

    public Task<LeaderboardSnapshot?> IfNewer(long version) => Task.FromResult(_current is { } current && current.Version > version ? current : null);

    // Somewhat later than the next turn of the clock would have been: a turn that is late is none that failed.
    public Task<DateTimeOffset?> UnpublishedSince() => Task.FromResult<DateTimeOffset?>(time.GetUtcNow() - _completeAt > rules.SnapshotEvery * 10 ? _completeAt : null);

    public async Task Refresh()
    {
        var news = await Task.WhenAll(_shards.Select((known, shard) => GrainFactory.GetGrain<IScoreShardGrain>(shard).RowsSince(known?.Version ?? 0)));
        var isChanged = false;
        var areComplete = true;
        for (var i = 0; i < news.Length; i++)
        {
            // A shard that has just begun to live knows less than it told before: what it said last stands until it has collected.
            if (news[i] is not { } rows) continue;
            areComplete &= rows.IsComplete;
            if (!rows.IsComplete) continue;
            _shards[i] = rows;
            isChanged = true;
        }

        if (_shards.Any(s => s is null)) return;
        var now = time.GetUtcNow();
        if (areComplete) _completeAt = now;
        if (!isChanged) return;

        // Grows over activations too: no silo ever takes an older snapshot for a newer one.
        var version = Math.Max((_current?.Version ?? 0) + 1, now.ToUnixTimeMilliseconds());
        _current = new LeaderboardSnapshot(version, now, [.. _shards.SelectMany(s => s!.Rows).OrderBy(r => r.Orchestrator)]);
    }
}
