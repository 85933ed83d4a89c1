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
    /// <exception cref="NotSupportedException">The report has checks: the cluster orders none (<see cref="LivenessOrdersAsync"/>), so they are not its own.</exception>
    public async Task LivenessAsync(RegionId region, LivenessReport report, CancellationToken cancellationToken)
    {
        if (!report.Checks.IsDefaultOrEmpty) throw new NotSupportedException("The cluster orders no liveness checks and takes none.");
        if (report.ControlsWell is { } well) await grains.GetGrain<IRegionHealthGrain>(0).Controls(region, well).WaitAsync(cancellationToken);
    }

    /// <inheritdoc />
    /// <remarks>The cluster orders no liveness checks: the answer never has targets.</remarks>
    public async Task<LivenessOrders> LivenessOrdersAsync(RegionId region, long known, TimeSpan wait, CancellationToken cancellationToken)
    {
        await Task.Delay(wait, cancellationToken);
        return new LivenessOrders { Version = known };
    }

    /// <inheritdoc />
    /// <remarks>The cluster shows no vitals of regions: what can be used is taken and forgotten.</remarks>
    public Task HealthAsync(RegionId region, RegionVitals vitals, CancellationToken cancellationToken) =>
        vitals.Problem() is { } problem ? throw new ArgumentException($"The vitals of {region} cannot be used: {problem}.", nameof(vitals)) : Task.CompletedTask;
}
