namespace Monitoring.Web;

/// <summary>Maps the routes that clients of the old leaderboard server depend on, the page for people, and the health routes.</summary>
public static class LeaderboardRoutes
{
    /// <summary>
    /// Maps <c>/api/aggregated_stats</c>, <c>raw_stats</c>, <c>top_ai_score</c>, <c>pipelines</c>, <c>regions</c>, <c>post_stats</c>, <c>health</c>,
    /// <c>/api/v1/instrument</c>, <c>/api/v1/orchestrators</c> and one below it for each orchestrator, <c>/orchestrators/0x...</c>, the page at <c>/</c>, <c>/livez</c>, <c>/readyz</c>, and the old server's 404 for every path that nobody else maps.
    /// </summary>
    public static IEndpointRouteBuilder MapLeaderboard(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var reads = services.GetRequiredService<ReadRoute>();
        reads.Map(endpoints, "/api/aggregated_stats", services.GetRequiredService<AggregatedStats>().AnswerAsync);
        reads.Map(endpoints, "/api/raw_stats", services.GetRequiredService<RawStats>().AnswerAsync);
        reads.Map(endpoints, "/api/top_ai_score", services.GetRequiredService<TopAiScore>().AnswerAsync);
        reads.Map(endpoints, "/api/pipelines", services.GetRequiredService<Pipelines>().AnswerAsync);
        reads.Map(endpoints, "/api/regions", services.GetRequiredService<RegionsDocument>().AnswerAsync);
        reads.Map(endpoints, "/api/v1/instrument", services.GetRequiredService<InstrumentParts>().AnswerAsync);

        var health = services.GetRequiredService<HealthRoutes>();
        reads.Map(endpoints, "/api/health", health.AnswerAsync);
        endpoints.MapMethods("/livez", [HttpMethods.Get, HttpMethods.Head], HealthRoutes.LiveAsync);
        endpoints.MapMethods("/readyz", [HttpMethods.Get, HttpMethods.Head], health.ReadyAsync);

        services.GetRequiredService<OrchestratorRoutes>().Map(endpoints);
        endpoints.Map(PostStats.Path, services.GetRequiredService<PostStats>().HandleAsync);
        endpoints.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], services.GetRequiredService<LeaderboardPage>().HandleAsync);
        endpoints.MapFallback("{**path}", ExactPath.NotFoundAsync);
        return endpoints;
    }
}
