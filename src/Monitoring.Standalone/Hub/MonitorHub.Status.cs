using Monitoring.Probing;
using Monitoring.Web;

namespace Monitoring.Standalone.Hub;

/// <content>What the hub shows of itself. Read by anybody, so it looks only at what is safe to look at from outside the loop.</content>
internal sealed partial class MonitorHub : IHubStatus
{
    private readonly FailingSights _failing = new();
    private long _replayed;
    private int _enrolled;

    /// <inheritdoc />
    HubStatus IHubStatus.Current => new(
        [.. _options.Policy.Schedule.Regions.Select(StatusOf)],
        Volatile.Read(ref _enrolled),
        IsStoring,
        Interlocked.Read(ref _replayed))
    {
        Failing = _failing.Current,
    };

    private HubRegionStatus StatusOf(Core.RegionId region)
    {
        var queue = _queues[region];
        return new HubRegionStatus(region, queue.Waiting, queue.Leased, queue.LastAsked, _health.Anomalies.Any(a => a.Region == region && a.Until is null));
    }
}
