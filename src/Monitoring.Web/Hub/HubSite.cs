using Monitoring.Probing;

namespace Monitoring.Web;

/// <summary>Registers and maps the endpoints that regions call.</summary>
public static class HubSite
{
    /// <summary>Adds the endpoints. The host registers <see cref="IHub"/>, <see cref="IRegionKeys"/> and <see cref="IRegionRefusals"/> beside it.</summary>
    public static IServiceCollection AddMonitoringHub(this IServiceCollection services)
    {
        services.AddSingleton<HubSession>();
        services.AddSingleton(s => new RegionTraffic(HubWire.TimeTolerance, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RegionAuthentication>();
        services.AddSingleton<HubRoutes>();
        return services;
    }

    /// <summary>Maps <c>/hub/v1/lease</c>, <c>extend</c>, <c>return</c>, <c>report</c>, <c>liveness</c>, <c>orders</c> and <c>health</c>.</summary>
    public static IEndpointRouteBuilder MapHub(this IEndpointRouteBuilder endpoints)
    {
        endpoints.ServiceProvider.GetRequiredService<HubRoutes>().Map(endpoints);
        return endpoints;
    }
}
