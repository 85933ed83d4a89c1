using Microsoft.Extensions.DependencyInjection;
using Monitoring.Cluster.Regions;
using Monitoring.Cluster.Roles;
using Monitoring.Core;
using Monitoring.Probing;
using Orleans.Hosting;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Monitoring.Cluster.Hosting;

/// <summary>What a silo needs that measures from a region: no grain of the hub is placed on it, and it leases and reports by grain calls.</summary>
internal static class RegionSilo
{
    /// <summary>Adds it, and the hub's port as <see cref="IHub"/> for the region's worker.</summary>
    public static ISiloBuilder AddRegion(this ISiloBuilder silo, RegionId region)
    {
        silo.UseSiloMetadata(SiloRole.Region(region.Code));
        silo.Services.AddRoles();
        silo.Services.AddHubFaults();
        silo.Services.AddSingleton<IHub, GrainHub>();
        silo.Services.AddSingleton<HubClock>();
        return silo;
    }

    /// <summary>What every silo must know to place grains, whatever its role.</summary>
    public static IServiceCollection AddRoles(this IServiceCollection services) => services
        .AddPlacementFilter<HubOnlyStrategy, HubOnlyDirector>(ServiceLifetime.Transient)
        .AddPlacementFilter<InOwnRegionStrategy, InOwnRegionDirector>(ServiceLifetime.Transient);
}
