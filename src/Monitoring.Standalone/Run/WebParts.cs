using Monitoring.Alerting;
using Monitoring.Web;

namespace Monitoring.Standalone.Run;

/// <summary>What the web server shows beside the leaderboard; each may be absent.</summary>
internal sealed record WebParts
{
    /// <summary>What the registry and the chain say of each orchestrator.</summary>
    public IOrchestratorBook? Book { get; init; }

    /// <summary>How the parts of the instrument are doing.</summary>
    public IReadOnlyList<IInstrumentStatus> Instrument { get; init; } = [];

    /// <summary>What the host alone can measure of itself.</summary>
    public IReadOnlyList<IHostGauges> Gauges { get; init; } = [];

    /// <summary>The outbox of alerts, and who subscribed to them.</summary>
    public AlertDesk? Alerts { get; init; }

    /// <summary>The regions that reach this hub over HTTPS.</summary>
    public RemoteRegions? Remote { get; init; }
}
