using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Alerting;

/// <summary>Everything of alerting in one process: the channels, and the loops around what is owed.</summary>
public sealed class AlertDesk : INotificationSink, IDisposable
{
    private readonly ConfiguredChannels _channels;
    private readonly HttpMessageInvoker _strangers;
    private readonly AlertingIncident _incident;
    private readonly Heartbeat? _heartbeat;

    /// <summary>Opens it with what an earlier process left.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="store">Keeps what is owed; it outlives the desk.</param>
    /// <param name="memory">Keeps subscriptions and what the canary waits for; it outlives the desk.</param>
    /// <param name="trouble">Why the instrument is not well; null while it is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where log lines go.</param>
    public AlertDesk(AlertOptions options, IOutboxStore store, IStateLog memory, Func<string?> trouble, TimeProvider time, ILoggerFactory logs)
    {
        ArgumentNullException.ThrowIfNull(options);
        _channels = new ConfiguredChannels(options, time);
        _strangers = ChannelHttp.ForStrangers(time);
        Store = store;
        Subscriptions = new SubscriptionBook(memory, options.Subscriptions, options.Links, new ChannelHttp(_strangers, time), time, logs.CreateLogger<SubscriptionBook>());

        // Not secret: it spreads attempts, no more.
        Outbox = new AlertOutbox(store, options.Router, _channels.All, Subscriptions, new DeliveryPolicy(), new Random(), time, logs.CreateLogger<AlertOutbox>());
        Canary = options.Canary is { } canary ? new Canary(canary, Outbox, memory, time, logs.CreateLogger<Canary>()) : null;
        _incident = new AlertingIncident(Outbox, Canary, memory, time, logs.CreateLogger<AlertingIncident>());
        _heartbeat = options.Heartbeat is { } beat ? new Heartbeat(beat.Url, beat.Method, trouble, _channels.Http, beat.Every, time, logs.CreateLogger<Heartbeat>()) : null;
    }

    /// <summary>Takes what is owed.</summary>
    public AlertOutbox Outbox { get; }

    /// <summary>What is kept of it.</summary>
    public IOutboxStore Store { get; }

    /// <summary>Operators' webhooks.</summary>
    public SubscriptionBook Subscriptions { get; }

    /// <summary>The daily proof that alerts arrive; null where none is configured.</summary>
    public Canary? Canary { get; }

    /// <inheritdoc />
    public async Task TakeAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notifications);
        foreach (var notification in notifications) await Outbox.TakeAsync(notification, cancellationToken);
    }

    /// <summary>Tells until asked to stop.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(
        Outbox.RunAsync(stop), _incident.RunAsync(stop), Canary?.RunAsync(stop) ?? Task.CompletedTask, _heartbeat?.RunAsync(stop) ?? Task.CompletedTask);

    /// <inheritdoc />
    public void Dispose()
    {
        Canary?.Dispose();
        Subscriptions.Dispose();
        _channels.Dispose();
        _strangers.Dispose();
    }
}
