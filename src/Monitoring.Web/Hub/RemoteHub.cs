using Monitoring.Core;
using Monitoring.Probing;

namespace Monitoring.Web;

/// <summary>
/// The hub as regions of other processes see it: seals what they lease, and believes of what they report only what they leased and what can be true.
/// Whoever calls has found out that the region is who it says.
/// </summary>
public sealed class RemoteHub : IHub
{
    private readonly IHub _hub;
    private readonly ImmutableHashSet<RegionId> _regions;
    private readonly string _method;
    private readonly LeaseSeal _seal;
    private readonly IRegionRefusals _refusals;
    private readonly TimeProvider _time;

    /// <summary>Opens it.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="regions">The regions of other processes.</param>
    /// <param name="method">How tests are measured here; results of another method would not share a window with the rest.</param>
    /// <param name="seal">Seals leases. Its secret is kept: results of before a restart are recognised after it.</param>
    /// <param name="refusals">Told of lies.</param>
    /// <param name="time">The clock.</param>
    public RemoteHub(IHub hub, IEnumerable<RegionId> regions, string method, LeaseSeal seal, IRegionRefusals refusals, TimeProvider time)
    {
        _hub = hub;
        _regions = [.. regions];
        _method = method;
        _seal = seal;
        _refusals = refusals;
        _time = time;
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The region is not one of other processes.</exception>
    public async Task<ImmutableArray<TestJob>> LeaseAsync(RegionId region, int workers, TimeSpan wait, CancellationToken cancellationToken, bool unpaid = false)
    {
        Expect(region);
        var jobs = await _hub.LeaseAsync(region, workers, wait, cancellationToken, unpaid);
        var now = _time.GetUtcNow();
        return [.. jobs.Select(job => _seal.Seal(job, now))];
    }

    /// <inheritdoc />
    public Task<bool> ExtendAsync(RegionId region, TestId test, CancellationToken cancellationToken)
    {
        Expect(region);
        return _hub.ExtendAsync(region, test, cancellationToken);
    }

    /// <inheritdoc />
    public Task ReturnAsync(RegionId region, TestId test, OutcomeCode reason, CancellationToken cancellationToken)
    {
        Expect(region);
        return _hub.ReturnAsync(region, test, reason, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<ReportAnswer> ReportAsync(TestResult result, CancellationToken cancellationToken)
    {
        Expect(result.Region);
        if (_seal.Open(result) is not { } lease) return Lie(result, "it was never leased to this region");
        if (ReportRule.Impossible(result, lease, _time.GetUtcNow()) is { } impossible) return Lie(result, impossible);
        if (result.Outcome.Counts && result.Summary.Method != _method)
            return new ReportAnswer(false, Outcome.Clean($"it was measured as {result.Summary.Method}, and {_method} is measured here: set Tests:Segments and Tests:Streams of the region as the hub has them"));
        return await _hub.ReportAsync(result, cancellationToken);
    }

    /// <inheritdoc />
    public Task LivenessAsync(RegionId region, LivenessReport report, CancellationToken cancellationToken)
    {
        Expect(region);
        return _hub.LivenessAsync(region, report, cancellationToken);
    }

    /// <inheritdoc />
    public Task<LivenessOrders> LivenessOrdersAsync(RegionId region, long known, TimeSpan wait, CancellationToken cancellationToken)
    {
        Expect(region);
        return _hub.LivenessOrdersAsync(region, known, wait, cancellationToken);
    }

    /// <inheritdoc />
    public Task HealthAsync(RegionId region, RegionVitals vitals, CancellationToken cancellationToken)
    {
        Expect(region);
        return _hub.HealthAsync(region, vitals, cancellationToken);
    }

    private void Expect(RegionId region)
    {
        if (!_regions.Contains(region)) throw new ArgumentException($"{region} has a key but is not among Hub:Regions of this hub; add it there and start the hub again");
    }

    private ReportAnswer Lie(TestResult result, string what)
    {
        _refusals.Refused(result.Region, RefusalKind.Lie, $"the result of {result.Id}: {what}");
        return new ReportAnswer(false, what);
    }
}
