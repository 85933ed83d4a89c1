using Microsoft.Extensions.Logging;
using Monitoring.Alerting;
using Monitoring.Core;
using Monitoring.Standalone.Configuration;
using Monitoring.Standalone.Hub;
using Monitoring.Storage;

namespace Monitoring.Standalone.Alerts;

/// <summary>Everything of alerting in one process: what is kept, the channels, and the loops around them.</summary>
internal sealed class AlertDesk : INotificationSink, IAsyncDisposable
{
    private readonly ConfiguredChannels _channels;
    private readonly HttpMessageInvoker _strangers;
    private readonly KeyedLog _memory;
    private readonly AlertingIncident _incident;
    private readonly Heartbeat? _heartbeat;

    private AlertDesk(AlertOptions options, ConfiguredChannels channels, LogOutbox store, KeyedLog memory, Func<string?> trouble, TimeProvider time, ILoggerFactory logs)
    {
        _channels = channels;
        _memory = memory;
        _strangers = ChannelHttp.ForStrangers(time);
        Store = store;
        Subscriptions = new SubscriptionBook(memory, options.Subscriptions, options.Links, new ChannelHttp(_strangers, time), time, logs.CreateLogger<SubscriptionBook>());

        // Not secret: it spreads attempts, no more.
        Outbox = new AlertOutbox(store, options.Router, channels.All, Subscriptions, new DeliveryPolicy(), new Random(), time, logs.CreateLogger<AlertOutbox>());
        Canary = options.Canary is { } canary ? new Canary(canary, Outbox, memory, time, logs.CreateLogger<Canary>()) : null;
        _incident = new AlertingIncident(Outbox, Canary, memory, time, logs.CreateLogger<AlertingIncident>());
        _heartbeat = options.Heartbeat is { } beat ? new Heartbeat(beat.Url, beat.Method, trouble, channels.Http, beat.Every, time, logs.CreateLogger<Heartbeat>()) : null;
    }

    /// <summary>Takes what is owed.</summary>
    public AlertOutbox Outbox { get; }

    /// <summary>What is kept of it.</summary>
    public LogOutbox Store { get; }

    /// <summary>Operators' webhooks.</summary>
    public SubscriptionBook Subscriptions { get; }

    /// <summary>The daily proof that alerts arrive; null where none is configured.</summary>
    public Canary? Canary { get; }

    /// <summary>Opens it with what an earlier process left.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="directory">Where it is kept.</param>
    /// <param name="trouble">Why the instrument is not well; null while it is.</param>
    /// <param name="onFault">Told of damage in what is stored.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where log lines go.</param>
    /// <param name="stop">Ends the opening.</param>
    public static async Task<AlertDesk> OpenAsync(
        AlertOptions options, StateDirectory directory, Func<string?> trouble, Action<JournalFault> onFault, TimeProvider time, ILoggerFactory logs, CancellationToken stop)
    {
        var store = await LogOutbox.OpenAsync(directory.Outbox, new OutboxBounds(), onFault, stop);
        var memory = await KeyedLog.OpenAsync(directory.Alerts, onFault, stop);
        return new AlertDesk(options, new ConfiguredChannels(options, time), store, memory, trouble, time, logs);
    }

    /// <inheritdoc />
    public async Task TakeAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken)
    {
        foreach (var notification in notifications) await Outbox.TakeAsync(notification, cancellationToken);
    }

    /// <summary>Tells until asked to stop.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(
        Outbox.RunAsync(stop), _incident.RunAsync(stop), Canary?.RunAsync(stop) ?? Task.CompletedTask, _heartbeat?.RunAsync(stop) ?? Task.CompletedTask);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Canary?.Dispose();
        Subscriptions.Dispose();
        _channels.Dispose();
        _strangers.Dispose();
        await Store.DisposeAsync();
        await _memory.DisposeAsync();
    }
}
