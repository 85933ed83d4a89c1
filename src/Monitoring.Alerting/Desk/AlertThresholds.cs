using Monitoring.Core;

namespace Monitoring.Alerting;

/// <summary>From when on something is worth an incident. When an orchestrator is down is no setting: it follows from the votes of the regions.</summary>
/// <param name="Availability">The rules for orchestrators.</param>
/// <param name="Instrument">The rules for the instrument itself.</param>
public sealed record AlertThresholds(AvailabilityPolicy Availability, InstrumentPolicy Instrument)
{
    /// <summary>The design's.</summary>
    public static AlertThresholds Default { get; } = new(new AvailabilityPolicy(), new InstrumentPolicy());
}
