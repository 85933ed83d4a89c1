using Monitoring.Cluster.Roles;
using Orleans.Placement;
using Orleans.Runtime;

namespace Monitoring.Cluster.Regions;

/// <inheritdoc cref="IRegionProberGrain" />
/// <remarks>It does nothing itself: tests last half a minute, and no grain call may. <see cref="RegionProber"/> does, outside of any grain.</remarks>
[KeepAlive]
[InOwnRegion]
[PreferLocalPlacement]
[GrainType("region-prober")]
internal sealed class RegionProberGrain(ILocalSiloDetails silo) : Grain, IRegionProberGrain
{
    public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToParsableString());
}
