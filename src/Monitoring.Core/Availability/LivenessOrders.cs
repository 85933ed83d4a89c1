namespace Monitoring.Core;

/// <summary>What the hub wants a region's liveness loop to do.</summary>
public sealed record LivenessOrders
{
    /// <summary>The version of the list of targets; 0 before there is one.</summary>
    public long Version { get; init; }

    /// <summary>Whom to check from now on, in place of the former list; null when the region has this version already.</summary>
    public ImmutableArray<LivenessTarget>? Targets { get; init; }

    /// <summary>Orchestrators to check at once, beside their turn: somewhere else one of them did not answer. Each is ordered once.</summary>
    public ImmutableArray<OrchestratorId> CheckNow { get; init; } = [];

    /// <summary>The time between two ordinary checks of one orchestrator.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>By how much the region's turns are shifted against those of the first region, so that the regions check one after the other.</summary>
    public TimeSpan Shift { get; init; }
}

/// <summary>An orchestrator to be checked.</summary>
/// <param name="Orchestrator">Who.</param>
/// <param name="ServiceUri">The address to dial, as the registry has it.</param>
public sealed record LivenessTarget(OrchestratorId Orchestrator, string ServiceUri);
