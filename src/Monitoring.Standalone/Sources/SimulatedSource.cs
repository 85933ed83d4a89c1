using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Simulator;

namespace Monitoring.Standalone.Sources;

/// <summary>The nodes of the simulated network of this process.</summary>
internal sealed class SimulatedSource(SimulatedFleet fleet) : IOrchestratorSource
{
    public bool IsOwn => true;

    public Task<IReadOnlyList<RegistryEntry>> ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<RegistryEntry>>(
        [.. fleet.Nodes.Select(node => new RegistryEntry(node.Id, node.Uri.GetLeftPart(UriPartial.Authority), Verified: true))]);
}
