using Microsoft.AspNetCore.Hosting;

namespace Monitoring.Web;

/// <summary>The only port of a region, and only where one is asked for: <c>/livez</c>, <c>/readyz</c> and <c>/metrics</c>.</summary>
public static class HealthPort
{
    /// <summary>Builds the server; it listens once it is started.</summary>
    /// <param name="urls">Where it listens.</param>
    /// <param name="checks">By path, beside <c>/livez</c>: why the process is not what the path asks for; null where it is.</param>
    /// <param name="gauges">What it shows of itself.</param>
    /// <param name="logs">Where its log lines go.</param>
    /// <param name="metricsUrls">Where <c>/metrics</c> is answered alone; none where it is answered beside the rest.</param>
    public static WebApplication Build(
        IEnumerable<Uri> urls, IReadOnlyDictionary<string, Func<string?>> checks, IEnumerable<IHostGauges> gauges, ILoggerFactory logs, IReadOnlyCollection<Uri>? metricsUrls = null)
    {
        ArgumentNullException.ThrowIfNull(urls);
        ArgumentNullException.ThrowIfNull(checks);
        ArgumentNullException.ThrowIfNull(gauges);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "monitor" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            foreach (var url in urls) Listening.Open(kestrel, url);
            foreach (var url in metricsUrls ?? []) Listening.Open(kestrel, url, isForMetrics: true);
        });
        builder.Services.AddSingleton(logs);
        foreach (var part in gauges) builder.Services.AddSingleton(part);
        builder.Services.AddRoutingCore();
        builder.Services.AddMonitoringTelemetry(TelemetrySettings.FromEnvironment());
        var app = builder.Build();
        app.UseRouting();
        if (metricsUrls is { Count: > 0 }) app.UseMetricsAddresses();
        app.MapMetrics();
        app.MapGet("/livez", context => AnswerAsync(context, null));
        foreach (var (path, check) in checks) app.MapGet(path, context => AnswerAsync(context, check()));
        return app;
    }

    /// <summary>Answers a question after the health of a process.</summary>
    /// <param name="context">The request.</param>
    /// <param name="trouble">Why it is not well; null while it is.</param>
    public static Task AnswerAsync(HttpContext context, string? trouble)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Response.StatusCode = trouble is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync((trouble ?? "ok") + "\n", context.RequestAborted);
    }
}
