namespace Monitoring.Core;

/// <summary>
/// The jobs of one region that nobody has taken, and those that are leased. Pure: each call returns the queue from here on. Jobs are
/// known by test id, so queueing one twice is queueing it once.
/// </summary>
public sealed class RegionQueue
{
    private readonly ImmutableSortedSet<TestJob> _waiting;
    private readonly ImmutableDictionary<TestId, TestJob> _byId;
    private readonly ImmutableDictionary<TestId, TestJob> _leased;

    private RegionQueue(ImmutableSortedSet<TestJob> waiting, ImmutableDictionary<TestId, TestJob> byId, ImmutableDictionary<TestId, TestJob> leased, DateTimeOffset? lastAsked)
    {
        _waiting = waiting;
        _byId = byId;
        _leased = leased;
        LastAsked = lastAsked;
    }

    /// <summary>A queue without jobs that nobody has asked yet.</summary>
    public static RegionQueue Empty { get; } = new(
        ImmutableSortedSet.Create<TestJob>(Comparer<TestJob>.Create(Order)), ImmutableDictionary<TestId, TestJob>.Empty, ImmutableDictionary<TestId, TestJob>.Empty, null);

    /// <summary>The most jobs that wait; one more is refused (<see cref="OutcomeCode.QueueFull"/>).</summary>
    public const int Capacity = 20_000;

    /// <summary>Jobs that wait.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Jobs that are leased and not yet ended.</summary>
    public int Leased => _leased.Count;

    /// <summary>When a process of the region last asked for work, UTC; null if none ever did.</summary>
    public DateTimeOffset? LastAsked { get; }

    /// <summary>True when no process of the region asked for work in the last <paramref name="limit"/>.</summary>
    public bool IsStale(DateTimeOffset now, TimeSpan limit) => LastAsked is not { } asked || now - asked > limit;

    /// <summary>Queues a job; one that is queued or leased already stays as it is.</summary>
    /// <returns>The queue, and false when it was full.</returns>
    public (RegionQueue Queue, bool Taken) Add(TestJob job)
    {
        if (_byId.ContainsKey(job.Id) || _leased.ContainsKey(job.Id)) return (this, true);
        return _waiting.Count >= Capacity
            ? (this, false)
            : (new RegionQueue(_waiting.Add(job), _byId.Add(job.Id, job), _leased, LastAsked), true);
    }

    /// <summary>
    /// Leases up to <paramref name="workers"/> jobs whose planned instant is at most <paramref name="ahead"/> away, earliest first. Jobs that can
    /// no longer start are dropped: their decider has a deadline of its own and says so.
    /// </summary>
    public (RegionQueue Queue, ImmutableArray<TestJob> Jobs) Lease(DateTimeOffset now, int workers, TimeSpan ahead)
    {
        var waiting = _waiting;
        var byId = _byId;
        var leased = _leased;
        var jobs = ImmutableArray.CreateBuilder<TestJob>();
        while (waiting.Count > 0)
        {
            var job = waiting[0];
            var late = job.NotAfter < now;
            if (!late && (jobs.Count >= workers || job.NotBefore > now + ahead)) break;
            waiting = waiting.Remove(job);
            byId = byId.Remove(job.Id);
            if (late) continue;
            leased = leased.Add(job.Id, job);
            jobs.Add(job);
        }

        return (new RegionQueue(waiting, byId, leased, now), jobs.ToImmutable());
    }

    /// <summary>When the next waiting job may be leased, or null when none waits.</summary>
    public DateTimeOffset? NextLeaseAt(TimeSpan ahead) => _waiting.Count == 0 ? null : _waiting[0].NotBefore - ahead;

    /// <summary>True when this job is leased.</summary>
    public bool IsLeased(TestId test) => _leased.ContainsKey(test);

    /// <summary>The queue without the job, whether it waited, was leased, or was not there.</summary>
    public RegionQueue Remove(TestId test)
    {
        if (_byId.TryGetValue(test, out var job)) return new RegionQueue(_waiting.Remove(job), _byId.Remove(test), _leased, LastAsked);
        return _leased.ContainsKey(test) ? new RegionQueue(_waiting, _byId, _leased.Remove(test), LastAsked) : this;
    }

    private static int Order(TestJob a, TestJob b)
    {
        var byTime = a.NotBefore.CompareTo(b.NotBefore);
        return byTime != 0 ? byTime : a.Id.CompareTo(b.Id);
    }
}
