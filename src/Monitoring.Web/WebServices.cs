using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Monitoring.Web;

/// <summary>Registers what the routes of this project are made of.</summary>
public static class WebServices
{
    /// <summary>
    /// Adds the API and the page. The host registers the ports beside it: <see cref="ILeaderboard"/>, <see cref="IPostedResults"/>,
    /// <see cref="IStoreHealth"/> and <see cref="Monitoring.Storage.IResultStore"/>; and as many <see cref="IInstrumentStatus"/> as it likes. An
    /// <see cref="IOrchestratorBook"/> is registered before this, or nobody is enrolled.
    /// </summary>
    /// <exception cref="ArgumentException">The options have problems; the message lists them all.</exception>
    public static IServiceCollection AddMonitoringWeb(this IServiceCollection services, WebOptions options)
    {
        var problems = options.Problems();
        if (problems.Length > 0) throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));

        services.AddRouting();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<ReadRoute>();
        services.AddSingleton<BoundedReads>();
        services.AddSingleton<PublishedTable>();
        services.AddSingleton<ComputedTable>();
        services.AddSingleton<AiResults>();
        services.AddSingleton<AggregatedStats>();
        services.AddSingleton<RawStats>();
        services.AddSingleton<TopAiScore>();
        services.AddSingleton<Pipelines>();
        services.AddSingleton<RegionsDocument>();
        services.AddSingleton<PostAuthentication>();
        services.AddSingleton<PostedResult>();
        services.AddSingleton<PostStats>();
        services.AddSingleton<HealthRoutes>();
        services.TryAddSingleton<IOrchestratorBook, EmptyOrchestratorBook>();
        services.AddSingleton<OrchestratorTable>();
        services.AddSingleton<OrchestratorList>();
        services.AddSingleton<OrchestratorViews>();
        services.AddSingleton<OrchestratorRoutes>();
        services.AddSingleton<InstrumentParts>();
        services.AddSingleton<LeaderboardPage>();
        return services;
    }
}
