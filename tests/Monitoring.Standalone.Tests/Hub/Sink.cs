using System.Threading.Channels;
using Monitoring.Alerting;
using Monitoring.Core;
using Monitoring.Standalone.Hub;

namespace Monitoring.Standalone.Tests.Hub;

/// <summary>Takes notifications as an outbox does: each once. It refuses while it is told to.</summary>
internal sealed class Sink : INotificationSink
{
    private readonly Channel<Notification> _new = Channel.CreateUnbounded<Notification>();
    private readonly Channel<int> _refusals = Channel.CreateUnbounded<int>();
    private readonly HashSet<(IncidentKey, int)> _known = [];

    public volatile bool Refuses;

    public bool HasNew => _new.Reader.TryPeek(out _);

    public async Task<Notification> NextAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await _new.Reader.ReadAsync(soon.Token);
    }

    public async Task NextRefusalAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _refusals.Reader.ReadAsync(soon.Token);
    }

    public Task TakeAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken)
    {
        if (Refuses)
        {
            _refusals.Writer.TryWrite(notifications.Count);
            throw new IOException("the outbox is full");
        }

        lock (_known)
        {
            foreach (var n in notifications)
            {
                if (_known.Add((n.Incident.Key, n.Sequence))) _new.Writer.TryWrite(n);
            }
        }

        return Task.CompletedTask;
    }
}
