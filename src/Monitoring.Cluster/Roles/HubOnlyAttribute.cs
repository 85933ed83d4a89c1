using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace Monitoring.Cluster.Roles;

/// <summary>Keeps a grain on hub silos, so that a region that is slow or gone holds up nobody.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class HubOnlyAttribute() : PlacementFilterAttribute(new HubOnlyStrategy());

/// <summary>The strategy of <see cref="HubOnlyAttribute"/>; every silo must know it.</summary>
internal sealed class HubOnlyStrategy() : PlacementFilterStrategy(order: 0);

/// <summary>Leaves the hubs among the silos that a grain might be placed on.</summary>
internal sealed class HubOnlyDirector(ISiloMetadataCache silos) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> candidates) => candidates.Where(silos.IsHub);
}
