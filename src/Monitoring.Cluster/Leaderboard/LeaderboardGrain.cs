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
    private readonly (long Version, long Life)?[] _shards = new (long, long)?[rules.ScoreShards];
    private readonly RowLog _rows = new();
    private readonly long _life = Random.Shared.NextInt64(1, long.MaxValue);
    private LeaderboardSnapshot? _current;
    private DateTimeOffset _completeAt = time.GetUtcNow();
    private bool _isChanged;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(static (board, _) => board.Refresh(), this, new GrainTimerCreationOptions(TimeSpan.Zero, rules.SnapshotEvery));
        return Task.CompletedTask;
    }

    public Task<LeaderboardSnapshot?> IfNewer(long version) => Task.FromResult(_current is { } current && current.Version > version ? current : null);

    public Task<LeaderboardNews?> NewsSince(long version, long life)
    {
        if (_current is not { } current || current.Version <= version) return Task.FromResult<LeaderboardNews?>(null);
        var changes = life == _life ? _rows.Since(version) : null;
        return Task.FromResult<LeaderboardNews?>(new LeaderboardNews
        {
            Version = current.Version,
            AsOf = current.AsOf,
            Life = _life,
            Since = changes is null ? 0 : version,
            Rows = changes?.Rows ?? current.Rows,
            Gone = changes?.Gone ?? [],
        });
    }

    // Somewhat later than the next turn of the clock would have been: a turn that is late is none that failed.
    public Task<DateTimeOffset?> UnpublishedSince() => Task.FromResult<DateTimeOffset?>(time.GetUtcNow() - _completeAt > rules.SnapshotEvery * 10 ? _completeAt : null);

    public async Task Refresh()
    {
        var news = await Task.WhenAll(_shards.Select((known, shard) => GrainFactory.GetGrain<IScoreShardGrain>(shard).RowsSince(known?.Version ?? 0, known?.Life ?? 0)));
        var now = time.GetUtcNow();

        // Grows over activations too: no silo ever takes an older snapshot for a newer one.
        var version = Math.Max((_current?.Version ?? 0) + 1, now.ToUnixTimeMilliseconds());
        var areComplete = true;
        for (var i = 0; i < news.Length; i++)
        {
            // A shard that has just begun to live knows less than it told before: what it said last stands until it has collected.
            if (news[i] is not { } rows) continue;
            areComplete &= rows.IsComplete;
            if (rows.IsComplete) _isChanged |= Take(i, rows, version);
        }

        if (_shards.Any(s => s is null)) return;
        if (areComplete) _completeAt = now;
        if (!_isChanged && _current is not null) return;
        _current = new LeaderboardSnapshot(version, now, _rows.All);
        _isChanged = false;
    }

    private bool Take(int shard, ShardRows told, long version)
    {
        var isChanged = false;
        foreach (var row in told.Rows) isChanged |= _rows.Put(row, version);
        foreach (var gone in told.Since == 0 ? Without(shard, told.Rows) : told.Gone) isChanged |= _rows.Remove(gone, version);
        _shards[shard] = (told.Version, told.Life);
        return isChanged;
    }

    // Those of a shard that are not among its rows.
    private ImmutableArray<OrchestratorId> Without(int shard, ImmutableArray<LeaderboardRow> rows)
    {
        var there = rows.Select(r => r.Orchestrator).ToHashSet();
        return [.. _rows.Orchestrators.Where(id => ScoreShards.Of(id, rules.ScoreShards) == shard && !there.Contains(id))];
    }
}
