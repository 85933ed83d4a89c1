using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Monitoring.Core;

namespace Monitoring.Probing;

/// <summary>How busy the regions of this process are, asked of them whenever somebody collects.</summary>
internal static class RegionGauges
{
    private static readonly ConcurrentDictionary<RegionId, Reading> Live = new();

    private static readonly Counter<long> HubFailures = MonitoringMeter.Instance.CreateCounter<long>(
        "monitoring.hub.call.failures", "{call}", "Calls of a region to its hub that failed; each is tried again.");

    static RegionGauges()
    {
        Observe("monitoring.workers.busy", "{worker}", "Workers that have a job.", reading => reading.Busy());
        Observe("monitoring.workers.limit", "{worker}", "Workers of the region: tests at once.", reading => reading.Limit);
        Observe("monitoring.spool.depth", "{result}", "Results that the hub has not acknowledged.", reading => reading.Spooled());
    }

    /// <summary>Shows a region from now on, in place of one that had the same code.</summary>
    public static void Show(RegionId region, Reading reading)
    {
        Live[region] = reading;

        // A series that begins with its first failure has no rise to alert on.
        HubFailures.Add(0, new TagList { { TelemetryTags.Region, region.Code } });
    }

    /// <summary>Shows a region no longer, unless another one took its place.</summary>
    public static void Hide(RegionId region, Reading reading) => Live.TryRemove(new KeyValuePair<RegionId, Reading>(region, reading));

    /// <summary>A call to the hub failed.</summary>
    public static void HubFailed(RegionId region) => HubFailures.Add(1, new TagList { { TelemetryTags.Region, region.Code } });

    private static void Observe(string name, string unit, string description, Func<Reading, int> read) =>
        MonitoringMeter.Instance.CreateObservableGauge(
            name,
            () => Live.Select(region => new Measurement<int>(read(region.Value), new KeyValuePair<string, object?>(TelemetryTags.Region, region.Key.Code))),
            unit,
            description);

    /// <summary>What a region tells of itself.</summary>
    /// <param name="Busy">Workers that have a job.</param>
    /// <param name="Limit">Its workers.</param>
    /// <param name="Spooled">Results in its spool.</param>
    internal sealed record Reading(Func<int> Busy, int Limit, Func<int> Spooled);
}
