using Monitoring.Core;

namespace Monitoring.Standalone.Sources;

/// <summary>The entries of <c>Source:Orchestrators</c>.</summary>
internal sealed class ListSource(ImmutableArray<RegistryEntry> entries) : IOrchestratorSource
{
    public bool IsOwn => true;

    public Task<IReadOnlyList<RegistryEntry>> ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<RegistryEntry>>(entries);
}
