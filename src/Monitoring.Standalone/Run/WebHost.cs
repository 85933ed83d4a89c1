using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Monitoring.Standalone.Configuration;
using Monitoring.Standalone.Hub;
using Monitoring.Storage;
using Monitoring.Web;

namespace Monitoring.Standalone.Run;

/// <summary>The HTTP server around the leaderboard. Nothing but our own configuration decides it.</summary>
internal static class WebHost
{
    /// <summary>Builds the server; it listens once it is started.</summary>
    public static WebApplication Build(
        MonitorOptions options, ILeaderboard board, MonitorHub hub, IScheduleBook schedule, IResultStore store, WebParts parts, TimeProvider time, ILoggerFactory logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "monitor" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Listening.Bound(kestrel);
            foreach (var url in options.Urls) Listening.Open(kestrel, url);
            parts.Remote?.Listen(kestrel);
            foreach (var url in options.MetricsUrls) Listening.Open(kestrel, url, isForMetrics: true);
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
            builder.Services.AddSingleton(alerts.Store);
            builder.Services.AddSingleton(alerts.Subscriptions);
            if (alerts.Canary is not null) builder.Services.AddSingleton(alerts.Canary);
        }

        builder.Services.AddRoutingCore();
        builder.Services.AddMonitoringWeb(options.Web);
        builder.Services.AddMonitoringTelemetry(TelemetrySettings.FromEnvironment());
        var app = builder.Build();
        app.UseRouting();
        if (!options.MetricsUrls.IsEmpty) app.UseMetricsAddresses();
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
}
