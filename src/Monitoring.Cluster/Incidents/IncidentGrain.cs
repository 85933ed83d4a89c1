using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Health;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Leaderboard;
using Monitoring.Cluster.Roles;
using Monitoring.Cluster.State;
using Monitoring.Cluster.Wire;
using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Cluster.Incidents;

/// <inheritdoc cref="IIncidentGrain" />
/// <remarks>
/// The shell of <see cref="NetworkAvailability"/> and <see cref="InstrumentHealth"/>. It calls no orchestrator, for they wait for it. That a
/// notification was told before is for the outbox to know (<see cref="IOutboxStore"/>), which remembers for longer.
/// </remarks>
[KeepAlive]
[HubOnly]
[GrainType("incidents")]
internal sealed partial class IncidentGrain(
    [PersistentState(StateNames.Incidents, StateNames.Storage)] IPersistentState<IncidentDocument> kept,
    HubRules rules,
    TimeProvider time,
    ILogger<IncidentGrain> log) : Grain, IIncidentGrain
{
    /// <summary>The most that waits: orchestrators owe the rest themselves.</summary>
    public const int MostWaiting = 2_000;

    private readonly Dictionary<RegionId, DateTimeOffset> _lastAsked = [];
    private NetworkStanding _standing = new();
    private DateTimeOffset _since;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _since = time.GetUtcNow();
        _standing = new NetworkStanding { Fails = kept.State.NetworkFails };
        this.RegisterGrainTimer(static (grain, _) => grain.Look(), this, new GrainTimerCreationOptions(rules.LookEvery, rules.LookEvery));
        return Task.CompletedTask;
    }

    public async Task Take(ImmutableArray<Notification> owed)
    {
        var waiting = kept.State.Waiting;
        var known = waiting.Select(Name).ToHashSet();
        ImmutableArray<Notification> added = [.. owed.Where(n => known.Add(Name(n)))];
        if (added.IsEmpty) return;
        if (waiting.Length + added.Length > MostWaiting)
        {
            LogFull(waiting.Length);
            throw new StorageFullException($"{waiting.Length} notifications wait to be told, which is all that may: find out why no hub tells them.");
        }

        await KeepAsync(kept.State with { Waiting = waiting.AddRange(added) });
    }

    public Task<ImmutableArray<Notification>> Next(int most) => Task.FromResult<ImmutableArray<Notification>>([.. kept.State.Network.Owed.Concat(kept.State.Waiting).Take(most)]);

    public Task Told(ImmutableArray<Notification> told)
    {
        var names = told.Select(Name).ToHashSet();
        var network = told.Aggregate(kept.State.Network, (book, n) => n.Incident.Key.Orchestrator is null ? book.Taken(n.Incident.Key, n.Sequence) : book);
        var waiting = kept.State.Waiting.RemoveAll(n => names.Contains(Name(n)));
        return ReferenceEquals(network, kept.State.Network) && waiting.Length == kept.State.Waiting.Length
            ? Task.CompletedTask
            : KeepAsync(kept.State with { Network = network, Waiting = waiting });
    }

    public Task<NetworkStanding> Network() => Task.FromResult(_standing);

    public async Task Look()
    {
        try
        {
            var now = time.GetUtcNow();
            var shards = await Task.WhenAll(Enumerable.Range(0, rules.ScoreShards).Select(n => GrainFactory.GetGrain<IScoreShardGrain>(n).Standing()));

            // While a shard still collects, fewer are known than there are: what was seen last stands.
            var book = kept.State.Network;
            if (shards.All(s => s.IsComplete))
            {
                var counts = new NetworkCounts(shards.Sum(s => s.Active), shards.Sum(s => s.Troubled), shards.Sum(s => s.Down), shards.Sum(s => s.Unheard));
                _standing = new NetworkStanding
                {
                    Fails = NetworkAvailability.Fails(counts, rules.Policy.Availability),
                    Active = counts.Active,
                    Down = counts.Down,
                    Failing = [.. shards.SelectMany(s => s.Failing).OrderBy(f => f.Orchestrator).ThenBy(f => f.Sight.Region)],
                    Waiting = kept.State.Waiting.Length + book.Owed.Length,
                };
                book = NetworkAvailability.Look(book, counts, now, rules.Policy.Availability);
            }

            book = InstrumentHealth.Look(book, await ReadAsync(shards), now, rules.Instrument);
            if (ReferenceEquals(book, kept.State.Network) && _standing.Fails == kept.State.NetworkFails) return;
            var told = kept.State.Network.Owed;
            await KeepAsync(kept.State with { Network = book, NetworkFails = _standing.Fails });
            foreach (var n in book.Owed.Except(told)) LogDecided(n.Incident.Key.Text, n.Kind, n.Incident.Summary);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            LogNotLooked(e.Message);
        }
    }

    private async Task<InstrumentReadings> ReadAsync(ShardStanding[] shards)
    {
        var health = GrainFactory.GetGrain<IRegionHealthGrain>(0);
        var view = await health.View();
        var standings = await health.Standings();
        foreach (var standing in standings)
        {
            // A queue begins anew with its silo: what it does not know says nothing against what was known.
            var asked = standing.Queue?.LastAsked ?? standing.Queue?.Since ?? _since;
            if (asked > _lastAsked.GetValueOrDefault(standing.Region)) _lastAsked[standing.Region] = asked;
        }

        return new InstrumentReadings
        {
            Regions = [.. standings.Select(s => new RegionReading(s.Region, _lastAsked[s.Region]))],
            Anomalies = [.. view.Anomalies, .. view.Muted],
            Planned = shards.Sum(s => s.Planned),
            Counted = shards.Sum(s => s.Counted),
            UnpublishedSince = await GrainFactory.GetGrain<ILeaderboardGrain>(0).UnpublishedSince(),
        };
    }

    private static (IncidentKey, int) Name(Notification notification) => (notification.Incident.Key, notification.Sequence);

    private Task KeepAsync(IncidentDocument document) => this.KeepAsync(kept, document with { Schema = IncidentDocument.Current });

    [LoggerMessage(2071, LogLevel.Warning, "Incident {Key} {Kind}: {Summary}")]
    private partial void LogDecided(string key, NotificationKind kind, string summary);

    [LoggerMessage(2072, LogLevel.Warning, "The network and the instrument could not be looked at, and are looked at again: {Why}")]
    private partial void LogNotLooked(string why);

    [LoggerMessage(2073, LogLevel.Critical, "{Waiting} notifications wait to be told and no more are taken: no hub tells them")]
    private partial void LogFull(int waiting);
}
