using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Configuration;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Tests.Postgres;
using Monitoring.Core;
using Monitoring.Storage;
using Monitoring.Storage.Postgres;
using Monitoring.Testing;
using Monitoring.Web;
using Orleans.Hosting;

namespace Monitoring.Cluster.Tests.Benchmarks;

/// <summary>A hub as a host makes it: one silo on PostgreSQL, and the API in the same process, on ports of its own and the real clock.</summary>
internal sealed class BenchmarkHub : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly PostgresResultStore _results;

    private BenchmarkHub(WebApplication app, PostgresResultStore results) => (_app, _results) = (app, results);

    public IServiceProvider Services => _app.Services;

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public IResultStore Results => _results;

    public ILeaderboard Board => Services.GetRequiredService<ILeaderboard>();

    public Uri Address => new(_app.Urls.Single());

    public static async Task<BenchmarkHub> StartAsync(PostgresUrl url, HubRules rules)
    {
        var results = await PostgresResultStore.OpenAsync(url, new PostgresRetention(), TimeProvider.System, null, CancellationToken.None);
        var ports = FreePort.Find(2);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.UseOrleans(hub =>
        {
            hub.AddHub(rules);
            hub.UsePostgres(url, "benchmark");
            hub.UseEndpoints(new Membership("benchmark", [], IPAddress.Loopback, ports[0], ports[1], null), "benchmark");
            hub.AddHubTables(url);
            hub.Services.AddSingleton<IResultStore>(results);
        });
        builder.Services.AddSingleton<IPostedResults, NobodyPosts>();
        builder.Services.AddSingleton<IStoreHealth, AlwaysWell>();
        builder.Services.AddMonitoringWeb(new WebOptions());
        var app = builder.Build();
        app.MapLeaderboard();
        await app.StartAsync();
        return new BenchmarkHub(app, results);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _results.DisposeAsync();
    }

    private sealed class NobodyPosts : IPostedResults
    {
        public Task<PostAnswer> PostAsync(OutcomeRevision posted, CancellationToken cancellationToken) => Task.FromResult(PostAnswer.Unavailable);
    }

    private sealed class AlwaysWell : IStoreHealth
    {
        public ValueTask<string?> TroubleAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);
    }
}
