using Monitoring.Core;
using Orleans.Concurrency;

namespace Monitoring.Cluster.Regions;

/// <summary>The jobs of one region, and its long polls. Its key is the region's code. A region calls it; it never calls a region.</summary>
[Alias("monitoring.region-queue")]
internal interface IRegionQueueGrain : IGrainWithStringKey
{
    /// <summary>Queues a job, unless it is queued or leased.</summary>
    /// <returns>False when the queue is full.</returns>
    [Alias("Enqueue")]
    Task<bool> Enqueue(TestJob job);

    /// <summary>Takes a job out, whether it waits or is leased.</summary>
    [Alias("Cancel")]
    Task Cancel(TestId test);

    /// <summary>
    /// Leases up to so many jobs, waiting for the first one up to <paramref name="wait"/>, at most a minute. It ends early, empty, when the
    /// silo shuts down.
    /// </summary>
    /// <param name="workers">Free workers of the region.</param>
    /// <param name="wait">The longest wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="unpaid">True for a region without a wallet: nothing is reserved. A region of the version before does not say.</param>
    [Alias("Lease")]
    [ResponseTimeout("00:01:30")]
    Task<ImmutableArray<TestJob>> Lease(int workers, TimeSpan wait, CancellationToken cancellationToken, bool unpaid = false);

    /// <summary>True while the hub holds the lease; false when it has given it up, and the region stops.</summary>
    [Alias("Extend")]
    Task<bool> Extend(TestId test);

    /// <summary>Gives a leased job back; the reason is the name of a code of class not run.</summary>
    [Alias("Return")]
    Task Return(TestId test, string reason);

    /// <summary>A result is in: the lease is over.</summary>
    [Alias("Done")]
    Task Done(TestId test);

    /// <summary>What the clock says by which the jobs are leased, UTC: a region whose own is off measures nothing.</summary>
    [Alias("Time")]
    [AlwaysInterleave]
    [ResponseTimeout("00:00:05")]
    Task<DateTimeOffset> Time();

    /// <summary>How the queue stands.</summary>
    [Alias("Standing")]
    [AlwaysInterleave]
    [ResponseTimeout("00:00:02")]
    Task<QueueStanding> Standing();

    /// <summary>True when nobody of the region has asked for work for a while.</summary>
    [Alias("IsStale")]
    [AlwaysInterleave]
    Task<bool> IsStale();
}

/// <summary>How a region's queue stands.</summary>
[GenerateSerializer]
[Alias("monitoring.queue-standing")]
[Immutable]
internal sealed class QueueStanding
{
    /// <summary>Jobs that wait.</summary>
    [Id(0)]
    public required int Waiting { get; init; }

    /// <summary>Jobs that are leased and not ended.</summary>
    [Id(1)]
    public required int Leased { get; init; }

    /// <summary>When a process of the region asked for work last, UTC; null when none did since <see cref="Since"/>.</summary>
    [Id(2)]
    public required DateTimeOffset? LastAsked { get; init; }

    /// <summary>Since when the queue looks, UTC: it begins anew with its silo.</summary>
    [Id(3)]
    public required DateTimeOffset Since { get; init; }
}
