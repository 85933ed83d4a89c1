using Microsoft.AspNetCore.Builder;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>
/// Keeps a host that knows no board yet from showing an empty one: a gateway would take every orchestrator for unknown. It says to come back, and
/// whoever asks can ask another hub.
/// </summary>
public static class BoardGate
{
    private static readonly PathString[] Boards = ["/api/aggregated_stats", "/api/v1/orchestrators"];
    private static readonly Reply None = Reply.Error(StatusCodes.Status503ServiceUnavailable, "this hub has just started and knows no leaderboard yet; ask another one, or ask again in a few seconds");

    /// <summary>Adds it, before the routes.</summary>
    /// <param name="app">The host.</param>
    /// <param name="board">The board; <see cref="LeaderboardSnapshot.Empty"/> until there is one.</param>
    public static IApplicationBuilder UseBoardGate(this IApplicationBuilder app, ILeaderboard board) => app.Use((context, next) =>
        ReferenceEquals(board.Current, LeaderboardSnapshot.Empty) && Boards.Any(b => context.Request.Path.StartsWithSegments(b, StringComparison.Ordinal))
            ? Headers.SendAsync(context, None)
            : next(context));
}
