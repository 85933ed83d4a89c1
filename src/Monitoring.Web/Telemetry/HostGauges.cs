using System.Diagnostics.Metrics;
using Monitoring.Probing;

namespace Monitoring.Web;

/// <summary>Shows what the parts of the host say of themselves.</summary>
internal sealed class HostGauges : IGauges, IDisposable
{
    private readonly Meter _meter = new(MonitoringMeter.Name, MonitoringMeter.Version);

    public HostGauges(IEnumerable<IHostGauges> parts)
    {
        foreach (var gauge in parts.SelectMany(part => part.Gauges)) _meter.CreateObservableGauge(gauge.Name, gauge.Read, gauge.Unit, gauge.Description);
    }

    /// <inheritdoc />
    public void Refresh()
    {
    }

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();
}
