namespace Monitoring.Web;

/// <summary>Answers <c>/metrics</c>.</summary>
internal sealed class MetricsRoute(TelemetryPipeline pipeline, IEnumerable<IGauges> gauges)
{
    public const string Path = "/metrics";
    private const string OpenMetrics = "application/openmetrics-text";
    private const string Version = "1.0.0";
    private static readonly byte[] Busy = "others are collecting, or collecting failed; ask again in a few seconds\n"u8.ToArray();
    private static readonly byte[] Off = "metrics are switched off (OTEL_SDK_DISABLED or OTEL_METRICS_EXPORTER)\n"u8.ToArray();

    // Asked for even when metrics are off, so that they live as long as the application.
    private readonly ImmutableArray<IGauges> _gauges = [.. gauges];

    public async Task HandleAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = Headers.NoStore;
        if (pipeline.Pull is not { } pull)
        {
            await Headers.SendTextAsync(context, StatusCodes.Status404NotFound, Off);
            return;
        }

        var format = FormatFor(context.Request.Headers.Accept.ToString());
        foreach (var part in _gauges) part.Refresh();
        if (await pull.ReadAsync(format, context.RequestAborted) is not { } text)
        {
            context.Response.Headers.RetryAfter = "5";
            await Headers.SendTextAsync(context, StatusCodes.Status503ServiceUnavailable, Busy);
            return;
        }

        context.Response.Headers.Vary = "Accept";
        var type = format == ExpositionFormat.OpenMetrics ? $"{OpenMetrics}; version={Version}; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8";
        await Headers.SendTextAsync(context, StatusCodes.Status200OK, text, type);
    }

    /// <summary>The format for an <c>Accept</c> header: OpenMetrics where it is named, in a version that we speak and not as refused.</summary>
    public static ExpositionFormat FormatFor(string accept)
    {
        foreach (var range in accept.Split(',', StringSplitOptions.TrimEntries))
        {
            var parts = range.Split(';', StringSplitOptions.TrimEntries);
            if (!parts[0].Equals(OpenMetrics, StringComparison.OrdinalIgnoreCase)) continue;
            var version = parts.FirstOrDefault(p => p.StartsWith("version=", StringComparison.OrdinalIgnoreCase))?["version=".Length..].Trim('"') ?? Version;
            var quality = parts.FirstOrDefault(p => p.StartsWith("q=", StringComparison.OrdinalIgnoreCase))?["q=".Length..].TrimEnd('0', '.');
            if (version == Version && quality is not "") return ExpositionFormat.OpenMetrics;
        }

        return ExpositionFormat.PrometheusText;
    }
}
