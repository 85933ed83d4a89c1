using System.Threading.Channels;

namespace Monitoring.Probing;

/// <summary>
/// Lets a loop sleep until there is something in its channel, or until a while has passed. For the one reader of a channel, which waits again and
/// again: a wait that ended because the time had passed is the beginning of the next one.
/// </summary>
/// <param name="reader">The channel; nobody else waits for it.</param>
/// <param name="time">The clock.</param>
public sealed class WakeUp<T>(ChannelReader<T> reader, TimeProvider time)
{
    // Asked once until it is answered. A channel with a single reader cancels an earlier question by an exception, any other keeps them all.
    private Task<bool>? _heard;

    /// <summary>Waits.</summary>
    /// <param name="atMost">More than nothing, or <see cref="Timeout.InfiniteTimeSpan"/>. A part of a millisecond counts as a whole one.</param>
    /// <param name="stop">Ends the waiting for good: the same at every wait.</param>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken stop)
    {
        _heard ??= reader.WaitToReadAsync(stop).AsTask();
        if (!_heard.IsCompleted)
        {
            using var timer = new CancellationTokenSource();
            await Task.WhenAny(_heard, Task.Delay(InWholeMilliseconds(atMost), time, timer.Token));
            await timer.CancelAsync();
        }

        stop.ThrowIfCancellationRequested();
        if (_heard.IsCompleted) _heard = null;
    }

    // The system's timers drop what is less than a millisecond: a loop that sleeps until an instant would wake before it and go round and round
    // until it has come.
    private static TimeSpan InWholeMilliseconds(TimeSpan span) =>
        span == Timeout.InfiniteTimeSpan ? span : TimeSpan.FromMilliseconds(Math.Ceiling(span.TotalMilliseconds));
}
