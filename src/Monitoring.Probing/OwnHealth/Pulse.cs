namespace Monitoring.Probing;

/// <summary>
/// Beats ten times a second, and knows for how long at most it did not: a process that was frozen (a stopped container, a suspended machine, a
/// processor that others had) sees limits pass that nobody else let pass.
/// </summary>
public sealed class Pulse : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private readonly List<Watch> _watches = [];
    private long _lastBeat;

    /// <summary>Begins to beat.</summary>
    public Pulse(TimeProvider time)
    {
        _time = time;
        _lastBeat = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Beat(), null, Every, Every);
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

    private void Beat()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            foreach (var watch in _watches) watch.Saw(_time.GetElapsedTime(Math.Max(_lastBeat, watch.Began), now));
            _lastBeat = now;
        }
    }

    private TimeSpan End(Watch watch)
    {
        lock (_lock)
        {
            _watches.Remove(watch);

            // The end may come before the beat that would have told.
            watch.Saw(_time.GetElapsedTime(Math.Max(_lastBeat, watch.Began)));
            return watch.Longest;
        }
    }

    /// <summary>A span of time that is watched.</summary>
    public sealed class Watch
    {
        private readonly Pulse _pulse;

        internal Watch(Pulse pulse, long began) => (_pulse, Began) = (pulse, began);

        internal long Began { get; }

        internal TimeSpan Longest { get; private set; }

        /// <summary>Ends it.</summary>
        /// <returns>The longest time in it without a beat.</returns>
        public TimeSpan End() => _pulse.End(this);

        internal void Saw(TimeSpan gap)
        {
            if (gap > Longest) Longest = gap;
        }
    }
}
