using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>
/// Names one incident for ever: what, whose, where, and the how-manieth. Two notifications under the same key are about the same incident,
/// so a receiver may drop the second.
/// </summary>
/// <param name="Rule">What went wrong.</param>
/// <param name="Orchestrator">Whose; null for an incident of the network or of the instrument itself.</param>
/// <param name="Region">Where; null for all regions (the global scope, or the network's).</param>
/// <param name="Epoch">Counts the incidents of this rule, orchestrator and region, from 1.</param>
public readonly record struct IncidentKey(IncidentRule Rule, OrchestratorId? Orchestrator, RegionId? Region, int Epoch)
{
    /// <summary>The deduplication key, at most 100 characters: <c>OrchestratorDown/0xaa.../FRA/3</c>, with <c>-</c> where something is null.</summary>
    [JsonIgnore]
    public string Text => $"{Rule}/{Orchestrator?.Text ?? "-"}/{Region?.Code ?? "-"}/{Epoch}";

    /// <inheritdoc />
    public override string ToString() => Text;
}
