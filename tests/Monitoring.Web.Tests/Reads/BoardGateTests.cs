using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Monitoring.Web.Tests;

/// <summary>What a hub says between its start and its first snapshot.</summary>
public sealed class BoardGateTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hub_that_knows_no_board_says_so_in_place_of_an_empty_one()
    {
        var board = new Board();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.UseBoardGate(board);
        app.Run(context => context.Response.WriteAsync("answered"));
        await app.StartAsync(Cancel);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        foreach (var path in new[] { "/api/aggregated_stats", "/api/v1/orchestrators", "/api/v1/orchestrators/0x00" })
        {
            using var refused = await http.GetAsync(path, Cancel);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(5)), (refused.StatusCode, refused.Headers.RetryAfter?.Delta));
            Assert.Equal(("application/json", true), (refused.Content.Headers.ContentType?.MediaType, refused.Headers.CacheControl?.NoStore));
        }

        foreach (var path in new[] { "/livez", "/readyz", "/hub/v1/lease", "/api/regions" }) Assert.Equal("answered", await http.GetStringAsync(path, Cancel));

        // A board without orchestrators is a board.
        board.Current = new LeaderboardSnapshot(1, DateTimeOffset.UnixEpoch, []);
        Assert.Equal("answered", await http.GetStringAsync("/api/aggregated_stats", Cancel));
    }
}
