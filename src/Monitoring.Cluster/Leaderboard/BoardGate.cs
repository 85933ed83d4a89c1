using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Monitoring.Core;
using Monitoring.Web;

namespace Monitoring.Cluster.Leaderboard;

/// <summary>
/// Keeps a hub that knows no board yet from showing an empty one: a gateway would take every orchestrator for unknown. It says to come back, and
/// whoever asks can ask another hub.
/// </summary>
internal static class BoardGate
{
    private static readonly PathString[] Boards = ["/api/aggregated_stats", "/api/v1/orchestrators"];

    /// <summary>Adds it, before the routes.</summary>
    public static IApplicationBuilder UseBoardGate(this IApplicationBuilder app, ILeaderboard board) => app.Use(async (context, next) =>
    {
        if (!ReferenceEquals(board.Current, LeaderboardSnapshot.Empty) || !Boards.Any(b => context.Request.Path.StartsWithSegments(b, StringComparison.Ordinal)))
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = "5";
        await context.Response.WriteAsync("This hub has just started and knows no leaderboard yet.", context.RequestAborted);
    });
}
