using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Monitoring.Standalone.Alerts;
using Monitoring.Standalone.Configuration;
using Monitoring.Standalone.Hub;
using Monitoring.Standalone.Regions;
using Monitoring.Storage;
using Monitoring.Web;

namespace Monitoring.Standalone.Run;

/// <summary>The HTTP server around the leaderboard. Nothing but our own configuration decides it.</summary>
internal static class WebHost
{
    private const long MostRequestBytes = 1 << 20;

    /// <summary>Builds the server; it listens once it is started.</summary>
    public static WebApplication Build(
        MonitorOptions options, ILeaderboard board, MonitorHub hub, IScheduleBook schedule, IResultStore store, WebParts parts, TimeProvider time, ILoggerFactory logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "monitor" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // One byte more than is taken, so that the route itself can say what is too much.
            kestrel.Limits.MaxRequestBodySize = MostRequestBytes + 1;
            foreach (var url in options.Urls) Listen(kestrel, url);
            parts.Remote?.Listen(kestrel);
        });
        if (parts.Remote is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(board);
        builder.Services.AddSingleton<IPostedResults>(hub);
        builder.Services.AddSingleton<IHubStatus>(hub);
        builder.Services.AddSingleton(schedule);
        builder.Services.AddSingleton(store);
        builder.Services.AddSingleton<IStoreHealth>(new StoreHealth(hub, store, time));
        if (parts.Book is { } book) builder.Services.AddSingleton(book);
        foreach (var part in parts.Instrument) builder.Services.AddSingleton(part);
        foreach (var part in parts.Gauges) builder.Services.AddSingleton(part);
        parts.Remote?.AddTo(builder.Services);
        if (parts.Alerts is { } alerts)
        {
            builder.Services.AddSingleton<IOutboxStore>(alerts.Store);
            builder.Services.AddSingleton(alerts.Subscriptions);
            if (alerts.Canary is not null) builder.Services.AddSingleton(alerts.Canary);
        }

        builder.Services.AddRoutingCore();
        builder.Services.AddMonitoringWeb(options.Web);
        builder.Services.AddMonitoringTelemetry(TelemetrySettings.FromEnvironment());
        var app = builder.Build();
        app.UseRouting();
        app.MapMetrics();
        if (parts.Remote is not null) app.MapHub();
        app.MapSchedule();
        if (parts.Alerts is not null)
        {
            app.MapAlerts();
            app.MapSubscriptions();
        }

        app.MapLeaderboard();
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, Uri url)
    {
        // Kestrel cannot let the system choose one port for both loopback addresses.
        if (url.HostNameType == UriHostNameType.Dns && url.Port != 0) kestrel.ListenLocalhost(url.Port);
        else if (url.HostNameType == UriHostNameType.Dns) kestrel.Listen(IPAddress.Loopback, 0);
        else if (url.DnsSafeHost == "0.0.0.0") kestrel.ListenAnyIP(url.Port);
        else kestrel.Listen(IPAddress.Parse(url.DnsSafeHost), url.Port);
    }
}
