using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Hosting;
using Monitoring.Storage;
using Monitoring.Storage.Migrations;
using Monitoring.Storage.Postgres;
using Monitoring.Testing;
using Monitoring.Testing.Postgres;
using Orleans.Hosting;
using Orleans.TestingHost;

namespace Monitoring.Cluster.Tests.Postgres;

/// <summary>Silos as a host makes them, with their own ports and a real PostgreSQL for membership, states, reminders and results.</summary>
internal sealed class PostgresCluster : IAsyncDisposable
{
    private readonly List<IHost> _hosts = [];
    private readonly PostgresResultStore _results;

    private PostgresCluster(string address, PostgresUrl url, PostgresResultStore results, VirtualTime time) => (Address, Url, _results, Time) = (address, url, results, time);

    public string Address { get; }

    public PostgresUrl Url { get; }

    public VirtualTime Time { get; }

    public IReadOnlyList<IHost> Hosts => _hosts;

    public static async Task<PostgresCluster> StartAsync(int silos)
    {
        var server = await PostgresServer.SharedAsync();
        var address = await server.CreateDatabaseAsync();
        var url = PostgresUrl.Parse(address);
        await new Migrator(url, ClusterTables.Sources).MigrateAsync(null, CancellationToken.None);
        var time = new VirtualTime(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        var results = await PostgresResultStore.OpenAsync(url, new PostgresRetention(), time, null, CancellationToken.None);
        var cluster = new PostgresCluster(address, url, results, time);
        for (var i = 0; i < silos; i++) await cluster.AddAsync();
        return cluster;
    }

    public async Task<IHost> AddAsync()
    {
        var ports = FreePort.Find(2);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleans(silo =>
        {
            silo.AddHub(ClusterUnderTest.Rules);
            silo.UsePostgres(Url, "test");
            silo.AddHubTables(Url);
            silo.ConfigureEndpoints(IPAddress.Loopback, ports[0], ports[1], listenOnAnyHostAddress: false);
            silo.Services.AddSingleton<IResultStore>(_results);
            silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));
            silo.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
        });
        var host = builder.Build();
        await host.StartAsync();
        _hosts.Add(host);
        return host;
    }

    public async Task StopAsync(IHost host)
    {
        _hosts.Remove(host);
        await host.StopAsync();
        host.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.ToList()) await StopAsync(host);
        await _results.DisposeAsync();
    }
}
