namespace Monitoring.Livepeer;

/// <summary>First and last of the presentation times of a stream: 33-bit ticks of 90 kHz that may wrap (ISO/IEC 13818-1, 2.4.3.7).</summary>
internal struct PresentationTimes
{
    private const long Period = 1L << 33;
    private long _origin;
    private long _earliest;
    private long _latest;

    /// <summary>Times seen.</summary>
    public int Count { get; private set; }

    /// <summary>Last less first, plus one average step: a picture is shown until the next one would be. Zero when fewer than two were seen.</summary>
    public readonly TimeSpan Duration
    {
        get
        {
            if (Count < 2) return TimeSpan.Zero;
            var span = _latest - _earliest;
            return TimeSpan.FromTicks((span + (span / (Count - 1))) * 1000 / 9); // 1/90,000 s is 1,000/9 x 100 ns
        }
    }

    public void Add(long time)
    {
        if (Count++ == 0) _origin = time;
        // The nearest reading of the difference: half a period either side, so a wrap in mid-stream is one step like any other.
        var distance = ((time - _origin + Period + (Period / 2)) % Period) - (Period / 2);
        _earliest = Math.Min(_earliest, distance);
        _latest = Math.Max(_latest, distance);
    }
}
