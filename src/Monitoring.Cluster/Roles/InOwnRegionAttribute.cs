using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace Monitoring.Cluster.Roles;

/// <summary>Places a grain on a silo of the region that its key begins with: <c>FRA/0</c> on one of FRA, whoever calls it.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class InOwnRegionAttribute() : PlacementFilterAttribute(new InOwnRegionStrategy());

/// <summary>The strategy of <see cref="InOwnRegionAttribute"/>; every silo must know it.</summary>
internal sealed class InOwnRegionStrategy() : PlacementFilterStrategy(order: 1);

/// <summary>Leaves the silos of the key's region among those that a grain might be placed on.</summary>
internal sealed class InOwnRegionDirector(ISiloMetadataCache silos) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> candidates)
    {
        var region = RegionOf(target.GrainIdentity.Key.ToString()!);
        return candidates.Where(silo => silos.RegionOf(silo) == region);
    }

    /// <summary>The region of a key: what stands before its first slash.</summary>
    public static string RegionOf(string key) => key.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? key[..slash] : key;
}
