using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Web;

namespace Monitoring.Standalone.Sources;

/// <summary>Tells the API who is enrolled, and what the chain says of them where there is one.</summary>
internal sealed class OrchestratorBook(Registry registry, ChainSource? chain) : IOrchestratorBook
{
    public ImmutableDictionary<OrchestratorId, RegistryEntry> Enrolled => registry.Enrolled;

    public StakeBook? Stake => chain?.Stake;
}
