using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Monitoring.Standalone.Hub;
using Monitoring.Storage;
using Monitoring.Web;

namespace Monitoring.Benchmarks;

/// <summary>The server of <see cref="ServeBenchmark"/>: the real API on a board that stands still or changes, and a constant body beside it.</summary>
internal static class ServeServer
{
    public const string Constant = "/constant";

    public static async Task<int> RunAsync(int orchestrators, bool changes, CancellationToken stop)
    {
        var nobody = new Nobody();
        var board = new SampleBoard(orchestrators);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "benchmark" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(System.Net.IPAddress.Loopback, 0);
        });
        builder.Services.AddLogging();
        builder.Services.AddSingleton<ILeaderboard>(board);
        builder.Services.AddSingleton<IResultStore>(nobody);
        builder.Services.AddSingleton<IPostedResults>(nobody);
        builder.Services.AddSingleton<IStoreHealth>(nobody);
        builder.Services.AddRoutingCore();
        builder.Services.AddMonitoringWeb(new WebOptions());
        await using var app = builder.Build();
        var body = Array.Empty<byte>();
        app.UseRouting();
        app.Map(Constant, context => SendAsync(context, body));
        app.MapLeaderboard();
        await app.StartAsync(stop);

        var port = new Uri(app.Urls.Single()).Port;
        using (var client = new KeepAliveClient(port))
        {
            client.Send(KeepAliveClient.Get(ServeBenchmark.Board));
            body = new byte[client.Read()];
            Array.Fill(body, (byte)'x');
        }

        await using (changes ? board.ChangeEvery(new HubOptions { Policy = Network.Policy }.SnapshotEvery) : null)
        {
            await Child.ServeAsync(port, stop);
        }

        return ExitCode.Ok;
    }

    // The same headers as the board's, and the plainest way from an array to the wire.
    private static async Task SendAsync(HttpContext context, byte[] body)
    {
        var response = context.Response;
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.CacheControl = "public, max-age=30, stale-while-revalidate=15";
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        await response.BodyWriter.WriteAsync(body, context.RequestAborted);
    }
}
