using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>The entries of <c>Source:Orchestrators</c>.</summary>
/// <param name="entries">The entries.</param>
public sealed class ListSource(ImmutableArray<RegistryEntry> entries) : IOrchestratorSource
{
    /// <inheritdoc />
    public bool IsOwn => true;

    /// <inheritdoc />
    public Task<IReadOnlyList<RegistryEntry>> ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<RegistryEntry>>(entries);
}
