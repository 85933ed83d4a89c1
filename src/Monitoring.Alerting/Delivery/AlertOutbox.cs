using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Alerting;

/// <summary>Finds channels that come and go while the process runs, such as those of operators' subscriptions.</summary>
public interface IFurtherChannels
{
    /// <summary>Who else is told of an incident.</summary>
    ImmutableArray<Receiver> ReceiversOf(Incident incident);

    /// <summary>The channel of that name; null when there is none any more.</summary>
    IChannel? Find(string name);
}

/// <summary>
/// Takes what is owed and sees that it is told: it is in the store before anybody is acknowledged, and every channel works on its own, so one
/// that hangs or fails holds up no other.
/// </summary>
public sealed partial class AlertOutbox
{
    private readonly IOutboxStore _store;
    private readonly Router _router;
    private readonly ImmutableDictionary<string, IChannel> _channels;
    private readonly IFurtherChannels? _further;
    private readonly DeliveryPolicy _policy;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Random _random;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ChannelWorker> _workers = new(StringComparer.Ordinal);
    private readonly List<Task> _runs = [];
    private CancellationToken? _stop;

    /// <summary>Makes an outbox; it tells nobody before it runs.</summary>
    /// <param name="store">Where everything is kept; whoever made it disposes it, after the run has ended.</param>
    /// <param name="router">Who is told of what.</param>
    /// <param name="channels">The configured channels by name.</param>
    /// <param name="further">Channels that come and go; null for none.</param>
    /// <param name="policy">How often it is tried.</param>
    /// <param name="random">Draws the jitter.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Gets a line per decision.</param>
    public AlertOutbox(
        IOutboxStore store, Router router, ImmutableDictionary<string, IChannel> channels, IFurtherChannels? further, DeliveryPolicy policy, Random random,
        TimeProvider time, ILogger<AlertOutbox> log)
    {
        _store = store;
        _router = router;
        _channels = channels;
        _further = further;
        _policy = policy;
        _random = random;
        _time = time;
        _log = log;
    }

    /// <summary>How deliveries ended.</summary>
    public DeliveryWatch Watch { get; } = new();

    /// <summary>Deliveries that wait.</summary>
    public int Waiting => _store.Waiting;

    /// <summary>Dead letters that are kept.</summary>
    public int Dead => _store.Dead;

    /// <summary>
    /// Takes a notification on, once by its incident's key and its sequence. When the task completes it is durable, and whoever owed it may
    /// forget it.
    /// </summary>
    /// <exception cref="StorageFullException">It cannot be kept just now: owe it on and offer it again.</exception>
    public async Task TakeAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var receivers = _router.ReceiversOf(notification.Incident);
        if (_further is not null) receivers = receivers.AddRange(_further.ReceiversOf(notification.Incident));
        ImmutableArray<OwedDelivery> owed;
        try
        {
            owed = await _store.AddAsync(notification, receivers, _time.GetUtcNow(), cancellationToken);
        }
        catch (StorageFullException e)
        {
            LogFull(notification.Incident.Key.Text, notification.Sequence, e.Message);
            throw;
        }

        if (owed.IsEmpty)
        {
            if (receivers.IsEmpty) LogNobody(notification.Incident.Key.Text, notification.Sequence, notification.Kind, notification.Incident.Summary);
            return;
        }

        LogTaken(notification.Incident.Key.Text, notification.Sequence, notification.Kind, string.Join(", ", owed.Select(o => o.Channel)));
        foreach (var delivery in owed) WorkerOf(delivery.Channel).Add(delivery);
    }

    /// <summary>Tells until asked to stop; what is left then waits in the store.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        foreach (var name in _channels.Keys) WorkerOf(name);
        var left = await _store.ReadAsync(stop);
        if (!left.IsEmpty) LogLeftOver(left.Length);
        foreach (var delivery in left) WorkerOf(delivery.Channel).Add(delivery);
        lock (_gate)
        {
            _stop = stop;
            foreach (var worker in _workers.Values) _runs.Add(worker.RunAsync(stop));
        }

        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stop.Register(() => stopped.TrySetResult())) await stopped.Task;
        Task[] runs;
        lock (_gate) runs = [.. _runs];
        await Task.WhenAll(runs);
    }

    private ChannelWorker WorkerOf(string channel)
    {
        lock (_gate)
        {
            if (_workers.TryGetValue(channel, out var known)) return known;

            // Each has a random of its own: they work side by side.
            var worker = new ChannelWorker(
                channel, () => _channels.GetValueOrDefault(channel) ?? _further?.Find(channel), _router.HeldUntil, _store, _policy, Watch,
                new Random(_random.Next()), _time, _log);
            _workers.Add(channel, worker);
            if (_stop is { } stop && !stop.IsCancellationRequested) _runs.Add(worker.RunAsync(stop));
            return worker;
        }
    }

    [LoggerMessage(7010, LogLevel.Warning, "Incident {Key} #{Sequence} {Kind}: owed to {Channels}")]
    private partial void LogTaken(string key, int sequence, NotificationKind kind, string channels);

    [LoggerMessage(7013, LogLevel.Warning, "Incident {Key} #{Sequence} {Kind}, and no channel to tell it to (Alerts:Channels): {Summary}")]
    private partial void LogNobody(string key, int sequence, NotificationKind kind, string summary);

    [LoggerMessage(7011, LogLevel.Information, "{Count} deliveries of an earlier run wait")]
    private partial void LogLeftOver(int count);

    [LoggerMessage(7012, LogLevel.Critical, "The outbox takes nothing more, {Key} #{Sequence} stays owed: {Why}")]
    private partial void LogFull(string key, int sequence, string why);
}
