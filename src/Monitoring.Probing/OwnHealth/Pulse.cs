namespace Monitoring.Probing;

/// <summary>
/// Beats ten times a second, and knows for how long it did not: a process that was frozen (a stopped container, a suspended machine, a processor
/// that others had) sees limits pass that nobody else let pass. A beat waits its turn among all other work, as an answer that has arrived does; a
/// timer alone does not, for the runtime lets timers pass before everything else, limits of ours included.
/// </summary>
public sealed class Pulse : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);

    /// <summary>A pause is longer than what a process that runs shows now and then.</summary>
    private static readonly TimeSpan Pause = 3 * Every;

    /// <summary>Pauses are added up over the shortest limit of a test (connect, 2 s).</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time;
    private readonly Action<Action> _enqueue;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private readonly List<Watch> _watches = [];
    private long _lastBeat;
    private int _isWaiting;

    /// <summary>Begins to beat.</summary>
    public Pulse(TimeProvider time) : this(time, beat => ThreadPool.UnsafeQueueUserWorkItem(static b => b(), beat, preferLocal: false))
    {
    }

    /// <param name="time">The clock.</param>
    /// <param name="enqueue">Puts a beat behind all work that waits.</param>
    internal Pulse(TimeProvider time, Action<Action> enqueue)
    {
        _time = time;
        _enqueue = enqueue;
        _lastBeat = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Due(), null, Every, Every);
    }

    /// <summary>Watches from now on.</summary>
    public Watch Begin()
    {
        lock (_lock)
        {
            var watch = new Watch(this, _time.GetTimestamp());
            _watches.Add(watch);
            return watch;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _timer.Dispose();

    private void Due()
    {
        if (Interlocked.Exchange(ref _isWaiting, 1) == 0) _enqueue(Beat);
    }

    private void Beat()
    {
        Volatile.Write(ref _isWaiting, 0);
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            foreach (var watch in _watches) watch.Saw(Math.Max(_lastBeat, watch.Began), now);
            _lastBeat = now;
        }
    }

    private TimeSpan End(Watch watch)
    {
        lock (_lock)
        {
            _watches.Remove(watch);

            // The end may come before the beat that would have told.
            watch.Saw(Math.Max(_lastBeat, watch.Began), _time.GetTimestamp());
            return watch.Most;
        }
    }

    /// <summary>A span of time that is watched.</summary>
    public sealed class Watch
    {
        private readonly Pulse _pulse;
        private readonly Queue<(long End, TimeSpan Length)> _pauses = [];

        internal Watch(Pulse pulse, long began) => (_pulse, Began) = (pulse, began);

        internal long Began { get; }

        internal TimeSpan Most { get; private set; }

        /// <summary>Ends it.</summary>
        /// <returns>The most time without a beat: one pause of over 0.3 s, or several that ended within 2 s of one another.</returns>
        public TimeSpan End() => _pulse.End(this);

        internal void Saw(long from, long until)
        {
            var length = _pulse._time.GetElapsedTime(from, until);
            if (length <= Pause) return;
            while (_pauses.TryPeek(out var oldest) && _pulse._time.GetElapsedTime(oldest.End, until) > Window) _pauses.Dequeue();
            _pauses.Enqueue((until, length));
            var sum = _pauses.Aggregate(TimeSpan.Zero, (all, pause) => all + pause.Length);
            if (sum > Most) Most = sum;
        }
    }
}
