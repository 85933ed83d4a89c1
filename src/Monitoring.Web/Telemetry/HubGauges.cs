using System.Diagnostics.Metrics;
using Monitoring.Probing;

namespace Monitoring.Web;

/// <summary>Shows how the hub is: queues, leases, regions, the store.</summary>
internal sealed class HubGauges : IGauges, IDisposable
{
    private readonly Meter _meter = new(MonitoringMeter.Name, MonitoringMeter.Version);
    private readonly IHubStatus _hub;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _since;

    public HubGauges(IHubStatus hub, TimeProvider time)
    {
        (_hub, _time, _since) = (hub, time, time.GetUtcNow());
        ByRegion("monitoring.queue.depth", "{test}", "Jobs of a region that nobody has taken.", region => region.Queued);
        ByRegion("monitoring.leases", "{test}", "Jobs of a region that are leased and not ended.", region => region.Leased);
        ByRegion("monitoring.region.last_seen.age", "s", "Time since a process of the region asked for work; since the start of the hub where none did.", Age);
        ByRegion("monitoring.region.anomaly", "1", "1 while the results of the region are void because the region itself is at fault.", region => region.IsAnomalous ? 1 : 0);
        _meter.CreateObservableGauge("monitoring.orchestrators", () => _hub.Current.Enrolled, "{orchestrator}", "Orchestrators that tests are planned for.");
        _meter.CreateObservableGauge("monitoring.store.writable", () => _hub.Current.IsStoring ? 1 : 0, "1", "0 while the store refuses writes, and nothing is leased.");
        _meter.CreateObservableGauge("monitoring.replay.outcomes", () => _hub.Current.Replayed, "{outcome}", "Stored outcomes that were folded at the last start.");
    }

    /// <inheritdoc />
    public void Refresh()
    {
    }

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();

    private double Age(HubRegionStatus region) => Math.Max(0, (_time.GetUtcNow() - (region.LastSeen ?? _since)).TotalSeconds);

    private void ByRegion(string name, string unit, string description, Func<HubRegionStatus, double> read) => _meter.CreateObservableGauge(
        name,
        () => _hub.Current.Regions.Select(region => new Measurement<double>(read(region), new KeyValuePair<string, object?>(TelemetryTags.Region, region.Region.Code))),
        unit,
        description);
}
