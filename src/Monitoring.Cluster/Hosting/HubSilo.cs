using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Monitoring.Cluster.Health;
using Monitoring.Cluster.Leaderboard;
using Monitoring.Cluster.Posting;
using Monitoring.Cluster.Regions;
using Monitoring.Cluster.Registry;
using Monitoring.Cluster.Roles;
using Monitoring.Cluster.Schedule;
using Monitoring.Cluster.Status;
using Monitoring.Probing;
using Monitoring.Web;
using Orleans.Hosting;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Serialization;

namespace Monitoring.Cluster.Hosting;

/// <summary>What a silo needs to host the hub's grains, beside clustering, storage under the name <c>hub</c>, and reminders.</summary>
internal static class HubSilo
{
    /// <summary>
    /// Adds it, with the hub's port for regions and the web's ports over the grains. The result store and the clock come from the host, and what
    /// is kept in SQL (<see cref="PostgresSilo"/>).
    /// </summary>
    public static ISiloBuilder AddHub(this ISiloBuilder silo, HubRules rules)
    {
        silo.UseSiloMetadata(SiloRole.Hub);
        silo.Services.AddRoles();
        silo.AddIncomingGrainCallFilter<RegionAccess>();
        silo.Services.AddSingleton(rules);
        silo.Services.AddSingleton<SiloPlans>();
        silo.Services.AddSingleton<SiloHealth>();
        silo.Services.AddSingleton<SiloStopping>();
        silo.Services.AddSingleton<StoreGate>();
        silo.Services.AddSingleton<SiloSeal>();
        silo.Services.AddSingleton<FoldedOutcomes>();
        silo.Services.AddSingleton<SiloLeaderboard>();
        silo.Services.AddSingleton<ILeaderboard>(s => s.GetRequiredService<SiloLeaderboard>());
        silo.Services.AddHostedService(s => s.GetRequiredService<SiloLeaderboard>());
        silo.Services.AddHostedService(s => s.GetRequiredService<SiloViews>());
        silo.Services.AddSingleton<SiloViews>();
        silo.Services.AddView<IHubStatus, SiloHubStatus>();
        silo.Services.AddView<IOrchestratorBook, SiloEnrolment>();
        silo.Services.AddView<IScheduleBook, SiloScheduleBook>();
        silo.Services.AddView<IRegionRefusals, SiloRefusals>();
        silo.Services.AddSingleton<IPostedResults, GrainPostedResults>();
        silo.Services.AddSingleton<IInstrumentStatus, HubParts>();
        silo.Services.AddSingleton<IHub, GrainHub>();
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddHubFaults();
        return silo;
    }

    /// <summary>Lets the exceptions of this house travel as what they are. On every process that calls the hub's grains.</summary>
    public static IServiceCollection AddHubFaults(this IServiceCollection services) =>
        services.Configure<ExceptionSerializationOptions>(faults => faults.SupportedNamespacePrefixes.Add(nameof(Monitoring)));

    /// <summary>A port of the web that is answered from a view of this silo.</summary>
    public static IServiceCollection AddView<TPort, TView>(this IServiceCollection services) where TPort : class where TView : class, TPort, ISiloView
    {
        services.AddSingleton<TView>();
        services.AddSingleton<TPort>(s => s.GetRequiredService<TView>());
        return services.AddSingleton<ISiloView>(s => s.GetRequiredService<TView>());
    }
}
