using Monitoring.Core;

namespace Monitoring.Cluster.Orchestrators;

/// <summary>An orchestrator's state as it is stored. A cache of the stored results, plus what is open and what is owed.</summary>
internal sealed record OrchestratorDocument
{
    /// <summary>The schema that this program writes. A document of another one is made again from the results.</summary>
    public const int Current = 1;

    public int Schema { get; init; }

    /// <summary>In the active set since, UTC.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The period of the reminder that was registered, seconds; 0 for none.</summary>
    public double ReminderSeconds { get; init; }

    /// <summary>The decider's state; null in a document that was never written.</summary>
    public OrchestratorState? State { get; init; }
}
