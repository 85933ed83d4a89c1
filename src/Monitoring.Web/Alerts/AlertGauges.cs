using Monitoring.Alerting;


namespace Monitoring.Web;

/// <summary>Shows whether the built-in alerts reach their receivers.</summary>
/// <param name="alerts">The desk.</param>
public sealed class AlertGauges(AlertDesk alerts) : IHostGauges
{
    /// <inheritdoc />
    public ImmutableArray<HostGauge> Gauges { get; } =
    [
        HostGauge.Of("monitoring.outbox.depth", "{notification}", "Notifications that wait to be delivered.", () => alerts.Store.Waiting),
        HostGauge.Of("monitoring.outbox.dead", "{notification}", "Notifications that were given up and are kept for a person to see.", () => alerts.Store.Dead),
        HostGauge.Of("monitoring.outbox.channels.broken", "{channel}", "Channels that gave something up and have taken nothing since.", () => alerts.Outbox.Watch.Broken.Length),
    ];
}
