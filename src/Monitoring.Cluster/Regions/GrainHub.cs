using Monitoring.Cluster.Health;
using Monitoring.Cluster.Liveness;
using Monitoring.Cluster.Orchestrators;
using Monitoring.Core;
using Monitoring.Probing;

namespace Monitoring.Cluster.Regions;

/// <summary>The hub by grain calls, for a region whose process is a silo or a client of the cluster, and for the hub's own endpoints.</summary>
internal sealed class GrainHub(IGrainFactory grains) : IHub
{
    /// <inheritdoc />
    public async Task<ImmutableArray<TestJob>> LeaseAsync(RegionId region, int workers, TimeSpan wait, CancellationToken cancellationToken, bool unpaid = false)
    {
        var jobs = await grains.GetGrain<IRegionQueueGrain>(region.Code).Lease(workers, wait, cancellationToken, unpaid);
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
    public Task LivenessAsync(RegionId region, LivenessReport report, CancellationToken cancellationToken) =>
        grains.GetGrain<ILivenessGrain>(region.Code).Report(report).WaitAsync(cancellationToken);

    /// <inheritdoc />
    public async Task<LivenessOrders> LivenessOrdersAsync(RegionId region, long known, TimeSpan wait, CancellationToken cancellationToken)
    {
        var orders = await grains.GetGrain<ILivenessGrain>(region.Code).Orders(known, wait, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return orders;
    }

    /// <inheritdoc />
    public Task HealthAsync(RegionId region, RegionVitals vitals, CancellationToken cancellationToken) =>
        vitals.Problem() is { } problem
            ? throw new ArgumentException($"What {region} tells of itself cannot be used: {problem}.", nameof(vitals))
            : grains.GetGrain<IRegionHealthGrain>(0).Vitals(region, vitals).WaitAsync(cancellationToken);
}
