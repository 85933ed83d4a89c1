using Monitoring.Storage;

namespace Monitoring.Alerting;

/// <summary>Counts how deliveries end, and knows which channels have been giving up.</summary>
public sealed class DeliveryWatch
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, DeadLetter> _broken = new(StringComparer.Ordinal);
    private long _told;
    private long _failed;
    private long _died;

    /// <summary>Deliveries that were taken, since the start.</summary>
    public long ToldCount => Interlocked.Read(ref _told);

    /// <summary>Attempts that failed and were to be repeated, since the start.</summary>
    public long FailedCount => Interlocked.Read(ref _failed);

    /// <summary>Deliveries that were given up, since the start.</summary>
    public long DeadCount => Interlocked.Read(ref _died);

    /// <summary>The newest dead letter of every channel that has taken nothing since, in order of the channels' names.</summary>
    public ImmutableArray<DeadLetter> Broken
    {
        get
        {
            lock (_gate) return [.. _broken.Values];
        }
    }

    internal event Action? Changed;

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
        lock (_gate) _broken[letter.Delivery.Channel] = letter;
        Changed?.Invoke();
    }
}
