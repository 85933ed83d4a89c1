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
    [Alias("Lease")]
    [ResponseTimeout("00:01:30")]
    Task<ImmutableArray<TestJob>> Lease(int workers, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>True while the hub holds the lease; false when it has given it up, and the region stops.</summary>
    [Alias("Extend")]
    Task<bool> Extend(TestId test);

    /// <summary>Gives a leased job back; the reason is the name of a code of class not run.</summary>
    [Alias("Return")]
    Task Return(TestId test, string reason);

    /// <summary>A result is in: the lease is over.</summary>
    [Alias("Done")]
    Task Done(TestId test);

    /// <summary>True when nobody of the region has asked for work for a while.</summary>
    [Alias("IsStale")]
    [AlwaysInterleave]
    Task<bool> IsStale();
}
