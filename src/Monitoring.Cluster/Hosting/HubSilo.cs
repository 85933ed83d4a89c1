using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Monitoring.Cluster.Health;
using Monitoring.Cluster.Leaderboard;
using Monitoring.Cluster.Schedule;
using Monitoring.Web;
using Orleans.Hosting;
using Orleans.Serialization;

namespace Monitoring.Cluster.Hosting;

/// <summary>What a silo needs to host the hub's grains, beside clustering, storage under the name <c>hub</c>, and reminders.</summary>
internal static class HubSilo
{
    /// <summary>Adds it. The result store and the clock come from the host.</summary>
    public static ISiloBuilder AddHub(this ISiloBuilder silo, HubRules rules)
    {
        silo.Services.AddSingleton(rules);
        silo.Services.AddSingleton<SiloPlans>();
        silo.Services.AddSingleton<SiloHealth>();
        silo.Services.AddSingleton<SiloStopping>();
        silo.Services.AddSingleton<StoreGate>();
        silo.Services.AddSingleton<SiloLeaderboard>();
        silo.Services.AddSingleton<ILeaderboard>(s => s.GetRequiredService<SiloLeaderboard>());
        silo.Services.AddHostedService(s => s.GetRequiredService<SiloLeaderboard>());
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddHubFaults();
        return silo;
    }

    /// <summary>Lets the exceptions of this house travel as what they are. On every process that calls the hub's grains.</summary>
    public static IServiceCollection AddHubFaults(this IServiceCollection services) =>
        services.Configure<ExceptionSerializationOptions>(faults => faults.SupportedNamespacePrefixes.Add(nameof(Monitoring)));
}
