using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Standalone.Sources;

/// <summary>
/// The active set of the protocol: members of the pool whose activation and deactivation rounds enclose the last initialized round, each
/// with what it wrote into the service registry.
/// </summary>
internal sealed class ChainSource(IChain chain) : IOrchestratorSource
{
    private ActiveSet? _latest;

    public bool IsOwn => false;

    /// <summary>What the last walk found, members of the next round included; null before the first one.</summary>
    public ActiveSet? Latest => Volatile.Read(ref _latest);

    public async Task<IReadOnlyList<RegistryEntry>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var set = await chain.WalkActiveSetAsync(cancellationToken);
            Volatile.Write(ref _latest, set);
            return [.. set.Members.Where(m => m.IsActiveIn(set.Round)).Select(m => new RegistryEntry(m.Address.ToOrchestratorId(), RegisteredUri.Clean(m.ServiceUri), Verified: true))];
        }
        catch (ChainException e)
        {
            throw new SourceException(e.Message, e);
        }
    }
}
