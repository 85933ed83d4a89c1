using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Monitoring.Probing;
using Monitoring.Web;

namespace Monitoring.Standalone.Regions;

/// <summary>The only port of a region, and only where one is asked for: <c>/livez</c>, <c>/readyz</c> (the hub has answered) and <c>/metrics</c>.</summary>
internal static class RegionPort
{
    /// <summary>Builds the server; it listens once it is started.</summary>
    public static WebApplication Build(ImmutableArray<Uri> urls, HubClock clock, IEnumerable<IHostGauges> gauges, ILoggerFactory logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "monitor" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            foreach (var url in urls) Listen(kestrel, url);
        });
        builder.Services.AddSingleton(logs);
        foreach (var part in gauges) builder.Services.AddSingleton(part);
        builder.Services.AddRoutingCore();
        builder.Services.AddMonitoringTelemetry(TelemetrySettings.FromEnvironment());
        var app = builder.Build();
        app.UseRouting();
        app.MapMetrics();
        app.MapGet("/livez", context => AnswerAsync(context, StatusCodes.Status200OK, "ok\n"));
        app.MapGet("/readyz", context => clock.Offset is null
            ? AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, "the hub has not answered yet\n")
            : AnswerAsync(context, StatusCodes.Status200OK, "ok\n"));
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, Uri url)
    {
        if (url.HostNameType == UriHostNameType.Dns && url.Port != 0) kestrel.ListenLocalhost(url.Port);
        else if (url.HostNameType == UriHostNameType.Dns) kestrel.Listen(IPAddress.Loopback, 0);
        else if (url.DnsSafeHost == "0.0.0.0") kestrel.ListenAnyIP(url.Port);
        else kestrel.Listen(IPAddress.Parse(url.DnsSafeHost), url.Port);
    }

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
