using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Incidents;
using Monitoring.Cluster.Orchestrators;
using Monitoring.Cluster.Registry;
using Monitoring.Cluster.Roles;
using Monitoring.Cluster.Wire;
using Monitoring.Core;
using Orleans.Concurrency;

namespace Monitoring.Cluster.Leaderboard;

/// <inheritdoc cref="IScoreShardGrain" />
/// <remarks>
/// It keeps no state of its own: after an activation it asks every orchestrator that the registry knows for its row. Reentrant, because
/// orchestrators show their rows meanwhile.
/// </remarks>
[Reentrant]
[KeepAlive]
[HubOnly]
[GrainType("score-shard")]
internal sealed partial class ScoreShardGrain(HubRules rules, TimeProvider time, ILogger<ScoreShardGrain> log) : Grain, IScoreShardGrain
{
    private const int AtOnce = 64;
    private readonly RowLog _rows = new();
    private readonly long _life = Random.Shared.NextInt64(1, long.MaxValue);
    private readonly ShardTotals _totals = new(rules.Policy.Schedule.Regions);
    private readonly Dictionary<OrchestratorId, long> _versions = [];
    private long _version;
    private bool _isComplete;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _version = Next();
        this.RegisterGrainTimer(
            static (shard, stop) => shard.CollectAsync(stop), this, new GrainTimerCreationOptions(TimeSpan.Zero, rules.RetryAfter) { Interleave = true });
        return Task.CompletedTask;
    }

    public Task<long> Show(OrchestratorId orchestrator, LeaderboardRow? row, long version, OrchestratorStanding? standing)
    {
        if (_versions.GetValueOrDefault(orchestrator) is var known && known >= version) return Task.FromResult(known);
        _versions[orchestrator] = version;
        Put(orchestrator, row, standing);
        return Task.FromResult(0L);
    }

    public Task<ShardStanding> Standing() => Task.FromResult(_totals.Sum(_isComplete));

    public Task<ShardRows?> RowsSince(long known, long life)
    {
        if (known == _version && (life == _life || life == 0)) return Task.FromResult<ShardRows?>(null);

        // A version of another life may be any of this one's by number, and says nothing of these rows.
        var changes = _isComplete && life == _life ? _rows.Since(known) : null;
        return Task.FromResult<ShardRows?>(new ShardRows
        {
            Version = _version,
            IsComplete = _isComplete,
            Rows = changes?.Rows ?? (_isComplete ? _rows.All : []),
            Life = _life,
            Since = changes is null ? 0 : known,
            Gone = changes?.Gone ?? [],
        });
    }

    private void Put(OrchestratorId orchestrator, LeaderboardRow? row, OrchestratorStanding? standing)
    {
        if (standing is not null) _totals.Put(orchestrator, standing);
        var next = Next();
        var before = _rows.Find(orchestrator);
        if (!(row is null ? _rows.Remove(orchestrator, next) : _rows.Put(row, next))) return;
        _version = next;
        _totals.Put(before, row);
    }

    private long Next() => Math.Max(_version + 1, time.GetUtcNow().UtcTicks);

    private async Task CollectAsync(CancellationToken stop)
    {
        if (_isComplete) return;
        try
        {
            var number = (int)this.GetPrimaryKeyLong();
            var known = await GrainFactory.GetGrain<IRegistryGrain>(0).Known(number);
            foreach (var some in known.Chunk(AtOnce))
            {
                stop.ThrowIfCancellationRequested();
                var rows = await Task.WhenAll(some.Select(id => GrainFactory.GetGrain<IOrchestratorGrain>(id.Text).Shown()));

                // What an orchestrator has shown by itself meanwhile is newer.
                for (var i = 0; i < some.Length; i++)
                {
                    if (!_versions.ContainsKey(some[i])) Put(some[i], rows[i].Row, rows[i].Standing);
                }
            }

            _isComplete = true;
            _version = Next();
        }
        catch (Exception e)
        {
            LogNotCollected(this.GetPrimaryKeyLong(), e.Message);
        }
    }

    [LoggerMessage(2021, LogLevel.Warning, "Score shard {Shard} could not collect its rows and tries again: {Why}")]
    private partial void LogNotCollected(long shard, string why);
}
