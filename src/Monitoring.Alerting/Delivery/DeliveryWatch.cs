using System.Globalization;
using Monitoring.Storage;

namespace Monitoring.Alerting;

/// <summary>Counts how deliveries end, and knows which channels have been giving up.</summary>
public sealed class DeliveryWatch
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, string> _broken = new(StringComparer.Ordinal);
    private long _told;
    private long _failed;
    private long _died;

    /// <summary>Deliveries that were taken, since the start.</summary>
    public long ToldCount => Interlocked.Read(ref _told);

    /// <summary>Attempts that failed and were to be repeated, since the start.</summary>
    public long FailedCount => Interlocked.Read(ref _failed);

    /// <summary>Deliveries that were given up, since the start.</summary>
    public long DeadCount => Interlocked.Read(ref _died);

    /// <summary>Every channel that gave something up and has taken nothing since, with why, in order of the names.</summary>
    public ImmutableArray<(string Channel, string Why)> Broken
    {
        get
        {
            lock (_gate) return [.. _broken.Select(b => (b.Key, b.Value))];
        }
    }

    internal event Action? Changed;

    /// <summary>Takes up what an earlier process knew.</summary>
    internal void Restore(IEnumerable<string> broken)
    {
        lock (_gate)
        {
            foreach (var channel in broken) _broken.TryAdd(channel, "gave up before the last start");
        }
    }

    internal void Told(OwedDelivery delivery)
    {
        Interlocked.Increment(ref _told);
        bool mended;
        lock (_gate) mended = _broken.Remove(delivery.Channel);
        if (mended) Changed?.Invoke();
    }

    internal void Failed() => Interlocked.Increment(ref _failed);

    internal void Died(DeadLetter letter)
    {
        Interlocked.Increment(ref _died);

        // An operator's own webhook is the operator's own business.
        if (SubscriptionName.Is(letter.Delivery.Channel)) return;
        lock (_gate)
        {
            _broken[letter.Delivery.Channel] = string.Create(
                CultureInfo.InvariantCulture, $"gave up {letter.Delivery.Notification.Incident.Key.Text} #{letter.Delivery.Notification.Sequence} ({letter.Status})");
        }

        Changed?.Invoke();
    }
}
