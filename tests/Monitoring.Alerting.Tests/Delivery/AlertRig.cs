using Microsoft.Extensions.Logging.Abstractions;

namespace Monitoring.Alerting.Tests;

/// <summary>An outbox on a real file, with the channels a test names, that can be ended and started again.</summary>
internal sealed class AlertRig : IAsyncDisposable
{
    private readonly Scratch _scratch = new();
    private readonly ImmutableDictionary<string, IChannel> _channels;
    private readonly Router _router;
    private CancellationTokenSource _stop = new();
    private Task _run = Task.CompletedTask;

    private AlertRig(ImmutableDictionary<string, IChannel> channels, Router? router)
    {
        _channels = channels;
        _router = router ?? new Router([], [.. channels.Keys.Order()]);
    }

    /// <summary>Waits that fit a test, everything else as in earnest.</summary>
    public static DeliveryPolicy Quick { get; } = new()
    {
        Attempt = TimeSpan.FromSeconds(2), FirstWait = TimeSpan.FromMilliseconds(20), LongestWait = TimeSpan.FromMilliseconds(200), LongestRest = TimeSpan.FromMilliseconds(50),
        Repeat = TimeSpan.FromMilliseconds(200),
    };

    public DeliveryPolicy Policy { get; init; } = Quick;

    public LogOutbox Store { get; private set; } = null!;

    public AlertOutbox Outbox { get; private set; } = null!;

    public static async Task<AlertRig> StartAsync(Dictionary<string, IChannel> channels, Router? router = null, DeliveryPolicy? policy = null)
    {
        var rig = new AlertRig(channels.ToImmutableDictionary(), router) { Policy = policy ?? Quick };
        await rig.StartAsync();
        return rig;
    }

    public async Task StartAsync()
    {
        Store = await LogOutbox.OpenAsync(_scratch.At("outbox.jsonl"), new OutboxBounds(), null, CancellationToken.None);
        Outbox = new AlertOutbox(Store, _router, _channels, null, Policy, new Random(1), TimeProvider.System, NullLogger<AlertOutbox>.Instance);
        _stop = new CancellationTokenSource();
        _run = Outbox.RunAsync(_stop.Token);
    }

    /// <summary>Asks it to stop, and does not wait.</summary>
    public void AskToStop() => _stop.Cancel();

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(TimeSpan.FromMinutes(1));
        await Store.DisposeAsync();
        _stop.Dispose();
    }

    public Task TakeAsync(Notification notification) => Outbox.TakeAsync(notification, CancellationToken.None);

    public static WebhookChannel Webhook(TestReceiver receiver) => Webhook(receiver.Url);

    public static WebhookChannel Webhook(Uri url) =>
        new(url, "a secret of sixteen", AlertLinks.None, new ChannelHttp(ChannelHttp.ForConfigured(), TimeProvider.System), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _scratch.Dispose();
    }
}
