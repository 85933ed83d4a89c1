namespace Monitoring.Core.Tests;

/// <summary>A queue of what happens next. Time is whatever the next entry says; entries of one instant keep the order they were made in.</summary>
internal sealed class VirtualTime(DateTimeOffset start)
{
    private readonly PriorityQueue<Action, (long At, long Order)> _queue = new();

    private long _order;

    public DateTimeOffset Now { get; private set; } = start;

    /// <summary>Entries taken so far.</summary>
    public long Steps { get; private set; }

    public void At(DateTimeOffset at, Action what) => _queue.Enqueue(what, (Math.Max(at.UtcTicks, Now.UtcTicks), _order++));

    public void After(TimeSpan delay, Action what) => At(Now + delay, what);

    public void RunUntil(DateTimeOffset end)
    {
        while (_queue.TryPeek(out _, out var next) && next.At <= end.UtcTicks)
        {
            var what = _queue.Dequeue();
            Now = new DateTimeOffset(next.At, TimeSpan.Zero);
            Steps++;
            what();
        }

        Now = end;
    }
}

/// <summary>From an instant to another, exclusive.</summary>
internal readonly record struct Span(DateTimeOffset From, DateTimeOffset Until)
{
    public bool Covers(DateTimeOffset at) => at >= From && at < Until;

    public bool Touches(DateTimeOffset from, DateTimeOffset until) => from < Until && until >= From;
}
