namespace Monitoring.Simulator.Tests;

/// <summary>A clock that moves only when it is told to, or by itself over delays of a length named beforehand.</summary>
internal sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = start;
    private TimeSpan? _skipped;
    private TaskCompletionSource _armed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ManualClock()
        : this(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero))
    {
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>From now on the clock jumps over each delay of exactly this length as soon as it is begun.</summary>
    public void Skip(TimeSpan delay)
    {
        lock (_lock) _skipped = delay;
    }

    /// <summary>Waits until somebody waits for exactly this long from the present instant of the clock.</summary>
    public async Task WaitForDelayAsync(TimeSpan delay, CancellationToken cancellation)
    {
        while (true)
        {
            Task armed;
            lock (_lock)
            {
                if (_timers.Any(t => t.Due == _now + delay)) return;
                armed = _armed.Task;
            }

            await armed.WaitAsync(cancellation);
        }
    }

    public void Advance(TimeSpan by)
    {
        var end = GetUtcNow() + by;
        while (true)
        {
            Timer? due;
            lock (_lock)
            {
                due = _timers.Where(t => t.Due <= end).MinBy(t => t.Due);
                _now = due?.Due ?? end;
                if (due is null) return;
                due.Due = null;
                _timers.Remove(due);
            }

            due.Fire();
        }
    }

    private bool Arm(Timer timer, TimeSpan dueTime)
    {
        TaskCompletionSource armed;
        TimeSpan? skip;
        lock (_lock)
        {
            _timers.Remove(timer);
            timer.Due = null;
            if (dueTime == Timeout.InfiniteTimeSpan) return true;
            timer.Due = _now + dueTime;
            _timers.Add(timer);
            skip = dueTime == _skipped ? dueTime : null;
            armed = _armed;
            _armed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        armed.SetResult();
        if (skip is { } over) ThreadPool.QueueUserWorkItem(_ => Advance(over));
        return true;
    }

    private sealed class Timer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset? Due { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period) =>
            period == Timeout.InfiniteTimeSpan ? clock.Arm(this, dueTime) : throw new NotSupportedException("Nothing here repeats.");

        public void Fire() => callback(state);

        public void Dispose() => clock.Arm(this, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
