using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Monitoring.Core;

namespace Monitoring.Probing;

/// <summary>Shows whether the regions of this process are fit to measure, by the latest look of each.</summary>
public static class OwnHealthGauge
{
    private static readonly ImmutableArray<(string Check, OutcomeCode Fault)> Checks =
    [
        ("network", OutcomeCode.OurNetwork),
        ("resolver", OutcomeCode.OurResolver),
        ("clock", OutcomeCode.OurClock),
        ("overload", OutcomeCode.OurOverload),
    ];

    private static readonly ConcurrentDictionary<RegionId, OutcomeCode?> Latest = new();

    static OwnHealthGauge() => MonitoringMeter.Instance.CreateObservableGauge(
        "monitoring.own_health", Observe, "1", "1 where a check of the region's own health is well by its latest look, 0 where it is not.");

    /// <summary>A region looked at its own health. Without controls nothing can be told, and nothing need be shown.</summary>
    public static void Seen(RegionId region, OwnHealthReport report) => Latest[region] = report.Fault;

    private static IEnumerable<Measurement<int>> Observe() =>
        from region in Latest
        from check in Checks
        select new Measurement<int>(
            region.Value == check.Fault ? 0 : 1,
            new KeyValuePair<string, object?>(TelemetryTags.Region, region.Key.Code),
            new KeyValuePair<string, object?>(TelemetryTags.Check, check.Check));
}
