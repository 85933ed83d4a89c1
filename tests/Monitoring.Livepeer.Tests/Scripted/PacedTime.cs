namespace Monitoring.Livepeer.Tests;

/// <summary>
/// A clock that stands still but for two things: a wait of up to ten seconds (a stream waiting for its next segment) ends when the test
/// releases one, and then takes the clock with it; and a test may advance it. Longer waits, the limits, never end.
/// </summary>
internal sealed class PacedTime : TimeProvider
{
    private static readonly TimeSpan LongestPace = TimeSpan.FromSeconds(10);
    private static readonly DateTimeOffset Epoch = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private readonly Lock _lock = new();
    private readonly Queue<(long Due, PacedTimer Timer)> _waiting = new();
    private long _now;
    private int _released;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override DateTimeOffset GetUtcNow() => Epoch.AddTicks(GetTimestamp());

    public void Advance(TimeSpan span) => Interlocked.Add(ref _now, span.Ticks);

    /// <summary>Ends one wait: the oldest there is, or the next there will be.</summary>
    public void Release()
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out var next)) Fire(next.Due, next.Timer);
            else _released++;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new PacedTimer(callback, state);
        if (dueTime < TimeSpan.Zero || dueTime > LongestPace) return timer;
        lock (_lock)
        {
            var due = GetTimestamp() + dueTime.Ticks;
            if (_released > 0)
            {
                _released--;
                Fire(due, timer);
            }
            else
            {
                _waiting.Enqueue((due, timer));
            }
        }

        return timer;
    }

    private void Fire(long due, PacedTimer timer)
    {
        if (due > GetTimestamp()) Interlocked.Exchange(ref _now, due);
        ThreadPool.QueueUserWorkItem(static fired => fired.Fire(), timer, preferLocal: false);
    }

    private sealed class PacedTimer(TimerCallback callback, object? state) : ITimer
    {
        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
