using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Monitoring.Web;

/// <summary>Puts telemetry into a host.</summary>
public static partial class TelemetryServices
{
    /// <summary>
    /// Adds what collects measurements and spans for as long as the application lives. Where the host has registered <see cref="ILeaderboard"/>
    /// and <see cref="IHubStatus"/>, they are shown too, and so is every <see cref="IHostGauges"/>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="settings">Where telemetry goes.</param>
    public static IServiceCollection AddMonitoringTelemetry(this IServiceCollection services, TelemetrySettings settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.AddSingleton(provider => new TelemetryPipeline(provider.GetRequiredService<TelemetrySettings>(), null));
        if (Has<ILeaderboard>(services)) services.AddSingleton<IGauges, LeaderboardGauges>();
        if (Has<IHubStatus>(services))
        {
            services.AddSingleton<IGauges, HubGauges>();
            services.AddSingleton<IGauges, LivenessGauges>();
        }

        services.AddSingleton<IGauges, HostGauges>();
        services.AddSingleton<MetricsRoute>();
        return services;
    }

    /// <summary>
    /// Begins to collect, and maps <c>/metrics</c> (Prometheus text, or OpenMetrics with exemplars for whoever accepts it) and the runbooks
    /// of the alerts at <c>/runbooks/NAME.md</c>.
    /// </summary>
    public static IEndpointRouteBuilder MapMetrics(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger<TelemetryPipeline>();
        foreach (var warning in services.GetRequiredService<TelemetrySettings>().Warnings) LogWarning(log, warning);
        var route = services.GetRequiredService<MetricsRoute>();
        endpoints.MapMethods(MetricsRoute.Path, [HttpMethods.Get, HttpMethods.Head], route.HandleAsync).WithMetadata(MetricsMark.Here);
        endpoints.MapMethods(RunbookRoute.Pattern, [HttpMethods.Get, HttpMethods.Head], RunbookRoute.HandleAsync).WithMetadata(MetricsMark.HereToo);
        return endpoints;
    }

    private static bool Has<T>(IServiceCollection services) => services.Any(s => s.ServiceType == typeof(T));

    [LoggerMessage(6040, LogLevel.Warning, "Telemetry: {Warning}")]
    private static partial void LogWarning(ILogger log, string warning);
}
