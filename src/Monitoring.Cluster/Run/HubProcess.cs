using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Chain;
using Monitoring.Cluster.Configuration;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Incidents;
using Monitoring.Cluster.Registry;
using Monitoring.Ethereum;
using Monitoring.Livepeer;
using Monitoring.Storage;
using Monitoring.Storage.Postgres;
using Monitoring.Web;
using Orleans.Hosting;

namespace Monitoring.Cluster.Run;

/// <summary><c>monitor-cluster hub</c>: a silo with the hub's grains, and the web server beside them.</summary>
internal sealed partial class HubProcess
{
    // Longer than a server takes to notice that the holder's machine has vanished.
    private static readonly TimeSpan HoldPatience = TimeSpan.FromSeconds(45);

    // Grains leave within half a minute each; the longest call of a region is cut short before that.
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(120);

    private readonly HubOptions _options;
    private readonly Surroundings _around;
    private readonly ILoggerFactory _logs;
    private readonly ILogger _log;

    private HubProcess(HubOptions options, Surroundings around, ILoggerFactory logs)
    {
        _options = options;
        _around = around;
        _logs = logs;
        _log = logs.CreateLogger<HubProcess>();
    }

    private PostgresUrl Database => _options.Store!.Url;

    /// <summary>Runs until asked to stop.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(HubOptions options, Surroundings around, CancellationToken stop)
    {
        using var logs = Logging.Create(options.LogLevel, around);
        try
        {
            return await new HubProcess(options, around, logs).RunOnAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or ChainException)
        {
            // A port that is taken, a database that lacks tables or belongs to others, a certificate that cannot be read: the message names it.
            await around.Error.WriteLineAsync($"The hub could not be started: {e.Message}");
            return ExitCode.Failure;
        }
    }

    private async Task<int> RunOnAsync(CancellationToken stop)
    {
        var time = _around.Time;
        await Tables.RequireAsync(Database, _options.Store!.Migrate, stop);
        await using var results = await PostgresResultStore.OpenAsync(Database, _options.Store.Retention, time, LogFault, stop);
        await using var hold = await PostgresHold.ShareAsync(Database, _options.Cluster.Id, HoldPatience, time, stop);
        await using var store = new MeasuredResultStore(new HeldResultStore(results, hold), time);
        using var webhook = _options.Source.Kind == SourceKind.Webhook ? new WebhookSource(_options.Source.Webhook!, time) : null;
        var chain = _options.Source.Kind == SourceKind.Chain ? await _options.Client.ConnectAsync(_options.Chain!.Options, time, stop) : null;
        using var connections = chain as IDisposable;
        IOrchestratorSource source = webhook is not null ? webhook : chain is not null ? new ChainSource(chain) : new ListSource(_options.Source.Orchestrators);
        using var certificate = _options.Remote.CertificateFile is { } file ? PemCertificate.Load(file, _options.Remote.CertificateKeyFile!) : null;

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Monitoring.Cluster" });
        builder.Services.AddSingleton(_logs);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<IResultStore>(store);
        builder.Services.AddSingleton(results);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownLimit);
        builder.UseOrleans(silo =>
        {
            silo.UsePostgres(Database, _options.Cluster.Id);
            silo.UseEndpoints(_options.Cluster, $"hub-{Environment.MachineName}-{_options.Cluster.SiloPort}");
            silo.AddHub(_options.Rules);
            silo.AddHubTables(Database);
            silo.AddAlerts(Database, (duty, cancellation) => DeskTeller.OpenAsync(_options.Alerts, duty, () => hold.Trouble is null ? null : "results cannot be stored", time, _logs, cancellation));
        });
        builder.Services.AddSingleton<SiloState>();
        builder.Services.AddSingleton<IStoreHealth, HubReadiness>();
        builder.Services.AddSingleton(s => ActivatorUtilities.CreateInstance<RegistryWalk>(s, source, _options.Source, Database));
        builder.Services.AddSingleton<IStakeSource>(s => s.GetRequiredService<RegistryWalk>());
        builder.Services.AddHostedService(s => s.GetRequiredService<RegistryWalk>());
        builder.Services.AddHostedService<StoreUpkeep>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Listening.Bound(kestrel);
            foreach (var url in _options.Urls) Listening.Open(kestrel, url);
            foreach (var url in _options.Remote.Urls) Listening.Open(kestrel, url, url.Scheme == Uri.UriSchemeHttps ? certificate : null);
            foreach (var url in _options.MetricsUrls) Listening.Open(kestrel, url, isForMetrics: true);
        });
        if (certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore();
        if (!_options.Remote.Regions.IsEmpty) builder.Services.AddMonitoringHub();
        builder.Services.AddMonitoringWeb(_options.Web);
        builder.Services.AddMonitoringTelemetry(TelemetrySettings.FromEnvironment());
        await using var app = builder.Build();
        Map(app);
        await app.StartAsync(stop);
        await WriteBannerAsync(app);
        return await Lasting.UntilStoppedAsync(app, LogStopping, stop);
    }

    private void Map(WebApplication app)
    {
        app.UseBoardGate(app.Services.GetRequiredService<ILeaderboard>());
        app.UseRouting();
        if (!_options.MetricsUrls.IsEmpty) app.UseMetricsAddresses();
        app.MapMetrics();
        app.MapGet("/startupz", context => HealthPort.AnswerAsync(context, app.Services.GetRequiredService<SiloState>().Trouble));
        if (!_options.Remote.Regions.IsEmpty) app.MapHub();
        app.MapSchedule();

        // Whichever hub is asked, the one that tells of incidents just now answers.
        var desk = app.Services.GetRequiredService<AskedDesk>();
        app.MapAlerts(desk.AskAsync, _options.Alerts.Canary is not null);
        if (_options.Alerts.Subscriptions > 0) app.MapSubscriptions(desk.AskAsync);
        app.MapLeaderboard();
    }

    private async Task WriteBannerAsync(WebApplication app)
    {
        var to = _around.Error;
        if (_options.Source.AllowLoopback) await to.WriteLineAsync("SIMULATION: addresses of this machine may be tested (Source:AllowLoopback); what is measured so says nothing about any distance.");
        await to.WriteLineAsync($"leaderboard  {string.Join(" ", app.Urls.SkipLast(_options.MetricsUrls.Length))}");
        if (!_options.MetricsUrls.IsEmpty) await to.WriteLineAsync($"metrics      {string.Join(" ", app.Urls.TakeLast(_options.MetricsUrls.Length).Select(u => u + MetricsAddresses.Path))}");
        await to.WriteLineAsync($"cluster      {_options.Cluster.Id}, silo {_options.Cluster.Address}:{_options.Cluster.SiloPort}{(_options.Cluster.Certificate is null ? "" : ", mutual TLS")}");
        if (_options.Source.Kind == SourceKind.Chain) await to.WriteLineAsync($"chain        {_options.Chain!.Id} (client: {_options.Client})");
        await to.WriteLineAsync($"results      {Database.Display}");
        await to.WriteLineAsync($"regions      {string.Join(" ", _options.Schedule.Regions)}{(_options.Remote.Regions.IsEmpty ? "" : $" (over HTTPS: {string.Join(" ", _options.Remote.Regions)})")}");
        await to.FlushAsync(CancellationToken.None);
    }

    [LoggerMessage(5201, LogLevel.Warning, "The store of results: {Fault}")]
    private partial void LogFault(string fault);

    [LoggerMessage(5202, LogLevel.Information, "Stopping: the silo leaves the cluster")]
    private partial void LogStopping();
}
