using Monitoring.Cluster.Health;
using Monitoring.Cluster.Orchestrators;
using Monitoring.Core;
using Monitoring.Probing;

namespace Monitoring.Cluster.Regions;

/// <summary>The hub by grain calls, for a region whose process is a silo or a client of the cluster, and for the hub's own endpoints.</summary>
internal sealed class GrainHub(IGrainFactory grains) : IHub
{
    /// <inheritdoc />
    public async Task<ImmutableArray<TestJob>> LeaseAsync(RegionId region, int workers, TimeSpan wait, CancellationToken cancellationToken)
    {
        var jobs = await grains.GetGrain<IRegionQueueGrain>(region.Code).Lease(workers, wait, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return jobs;
    }

    /// <inheritdoc />
    public Task<bool> ExtendAsync(RegionId region, TestId test, CancellationToken cancellationToken) =>
        grains.GetGrain<IRegionQueueGrain>(region.Code).Extend(test).WaitAsync(cancellationToken);

    /// <inheritdoc />
    public Task ReturnAsync(RegionId region, TestId test, OutcomeCode reason, CancellationToken cancellationToken) =>
        grains.GetGrain<IRegionQueueGrain>(region.Code).Return(test, reason.ToString()).WaitAsync(cancellationToken);

    /// <inheritdoc />
    public Task<ReportAnswer> ReportAsync(TestResult result, CancellationToken cancellationToken) =>
        grains.GetGrain<IOrchestratorGrain>(result.Orchestrator.Text).Report(result).WaitAsync(cancellationToken);

    /// <inheritdoc />
    public async Task LivenessAsync(RegionId region, LivenessReport report, CancellationToken cancellationToken)
    {
        if (report.ControlsWell is { } well) await grains.GetGrain<IRegionHealthGrain>(0).Controls(region, well).WaitAsync(cancellationToken);
    }

    /// <inheritdoc />
    public async Task<LivenessOrders> LivenessOrdersAsync(RegionId region, long known, TimeSpan wait, CancellationToken cancellationToken)
    {
        await Task.Delay(wait, cancellationToken);
        return new LivenessOrders { Version = known };
    }

    /// <inheritdoc />
    public async Task HealthAsync(RegionId region, RegionVitals vitals, CancellationToken cancellationToken)
    {
        if (vitals.Problem() is { } problem) throw new ArgumentException($"What {region} tells of itself cannot be used: {problem}.", nameof(vitals));

        // A clock that is off makes void what is tested meanwhile, and says nothing of what was tested before.
        if (vitals.Fault != OutcomeCode.OurClock) await grains.GetGrain<IRegionHealthGrain>(0).Controls(region, vitals.Fault is null).WaitAsync(cancellationToken);
    }
}
