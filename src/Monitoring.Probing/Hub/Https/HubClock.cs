namespace Monitoring.Probing;

/// <summary>
/// How far the hub's clock is from ours, from the four instants of each call: sent and received by ours, received and answered by its. Of the last
/// calls the one that was under way for the shortest time tells best, and it errs by at most half of that.
/// </summary>
public sealed class HubClock
{
    private const int Kept = 8;
    private readonly Lock _lock = new();
    private readonly Queue<Sample> _samples = new();

    /// <summary>The hub's clock less ours; null before the first call.</summary>
    public TimeSpan? Offset => Best?.Offset;

    /// <summary>True when ours is off for certain by more than so much.</summary>
    public bool IsOffBy(TimeSpan limit) => Best is { } best && best.Offset.Duration() - (best.UnderWay / 2) > limit;

    /// <summary>Learns from a call.</summary>
    /// <param name="sent">When it was sent, by our clock.</param>
    /// <param name="reached">When it reached the hub, by the hub's.</param>
    /// <param name="answered">When it was answered, by the hub's.</param>
    /// <param name="received">When the answer was here, by ours.</param>
    public void Learn(DateTimeOffset sent, DateTimeOffset reached, DateTimeOffset answered, DateTimeOffset received)
    {
        var underWay = received - sent - (answered - reached);
        if (underWay < TimeSpan.FromMilliseconds(-2) || answered < reached) return;
        
        // Instants of the hub are cut to milliseconds.
        var sample = new Sample(((reached - sent) + (answered - received)) / 2, underWay < TimeSpan.Zero ? TimeSpan.Zero : underWay);
        lock (_lock)
        {
            // Somebody set a clock: what was known before says nothing any more.
            if (_samples.Count > 0 && Best is { } best && (sample.Offset - best.Offset).Duration() > (sample.UnderWay / 2) + (best.UnderWay / 2) + TimeSpan.FromSeconds(1)) _samples.Clear();
            _samples.Enqueue(sample);
            if (_samples.Count > Kept) _samples.Dequeue();
        }
    }

    private Sample? Best
    {
        get
        {
            lock (_lock) return _samples.Count == 0 ? null : _samples.MinBy(s => s.UnderWay);
        }
    }

    private readonly record struct Sample(TimeSpan Offset, TimeSpan UnderWay);
}
