namespace Monitoring.Simulator;

/// <summary>
/// One open session: its segments are transcoded one after the other, at most <see cref="QueueLength"/> wait, and it ends when nothing
/// happened for 70 s.
/// </summary>
internal sealed class TranscodingSession : IDisposable
{
    public const int QueueLength = 4;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ITimer _idle;
    private int _inside;

    public TranscodingSession(string id, TimeProvider clock, Action<TranscodingSession> idled)
    {
        Id = id;
        _idle = clock.CreateTimer(_ => idled(this), null, FleetOptions.SessionIdleLimit, Timeout.InfiniteTimeSpan);
        LastActivity = clock.GetUtcNow();
    }

    public string Id { get; }

    public RenditionMemory Memory { get; } = new();

    /// <summary>Segments transcoded so far; only touched by whoever has the turn.</summary>
    public int Segments { get; set; }

    /// <summary>The renditions of the first segment, for <see cref="SegmentFault.Stale"/>; only touched by whoever has the turn.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> FirstRenditions { get; set; } = [];

    public DateTimeOffset LastActivity { get; private set; }

    public bool IsWorking => Volatile.Read(ref _inside) > 0;

    /// <summary>A place in the queue, to be given back by <see cref="Leave"/>; false when the queue is full.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _inside) <= QueueLength + 1) return true;
        Interlocked.Decrement(ref _inside);
        return false;
    }

    public Task TakeTurnAsync(CancellationToken cancellation) => _turn.WaitAsync(cancellation);

    public void EndTurn() => _turn.Release();

    public void Leave() => Interlocked.Decrement(ref _inside);

    public void Touch(DateTimeOffset now)
    {
        LastActivity = now;
        _idle.Change(FleetOptions.SessionIdleLimit, Timeout.InfiniteTimeSpan);
    }

    // The semaphore is left to the collector: a segment may still wait for its turn when the session is ended under it.
    public void Dispose() => _idle.Dispose();
}
