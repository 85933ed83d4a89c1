using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>The kinds of sources.</summary>
public enum SourceKind
{
    /// <summary>Nodes of this very process, on loopback.</summary>
    Simulated,

    /// <summary>The entries of the configuration.</summary>
    List,

    /// <summary>A list in the form of go-livepeer's <c>-orchWebhookUrl</c>, read again and again.</summary>
    Webhook,

    /// <summary>The active set of the protocol, read from the chain again and again.</summary>
    Chain,
}

/// <summary>Section <c>Source</c>.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Orchestrators">The entries of a list; empty with other kinds.</param>
/// <param name="Webhook">The URL of a webhook; null with other kinds.</param>
/// <param name="Refresh">How often the source is read.</param>
/// <param name="AllowLoopback">Addresses of this machine may be dialled.</param>
/// <param name="Maintenance">Announced maintenance by orchestrator, in order of start.</param>
public sealed record SourceOptions(
    SourceKind Kind,
    ImmutableArray<RegistryEntry> Orchestrators,
    Uri? Webhook,
    TimeSpan Refresh,
    bool AllowLoopback,
    ImmutableDictionary<OrchestratorId, ImmutableArray<MaintenanceWindow>> Maintenance);
