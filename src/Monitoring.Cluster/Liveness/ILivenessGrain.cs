using Monitoring.Core;
using Orleans.Concurrency;

namespace Monitoring.Cluster.Liveness;

/// <summary>What one region sees of life, and whom it is to look at. Its key is the region's code. A region calls it; it never calls a region.</summary>
[Alias("monitoring.liveness")]
internal interface ILivenessGrain : IGrainWithStringKey
{
    /// <summary>The region checked who lives. When it completes every orchestrator that it concerns knows.</summary>
    [Alias("Report")]
    [ResponseTimeout("00:00:30")]
    Task Report(LivenessReport report);

    /// <summary>
    /// Waits up to <paramref name="wait"/>, at most a minute, until the targets are others than those of <paramref name="known"/>, or somebody
    /// is to be checked at once. It ends early when the silo shuts down.
    /// </summary>
    [Alias("Orders")]
    [ResponseTimeout("00:01:30")]
    Task<LivenessOrders> Orders(long known, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>Somewhere else this orchestrator did not answer: the region is to look at once.</summary>
    [Alias("CheckNow")]
    Task CheckNow(OrchestratorId orchestrator);
}
