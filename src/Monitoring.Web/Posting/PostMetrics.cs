using System.Diagnostics.Metrics;
using Monitoring.Probing;

namespace Monitoring.Web;

/// <summary>Counts what becomes of posted results.</summary>
internal static class PostMetrics
{
    private static readonly Counter<long> Posts =
        MonitoringMeter.Instance.CreateCounter<long>("monitoring.posts", "{post}", "Results that other testers posted, by what became of them.");

    /// <summary>A post was answered with an HTTP status.</summary>
    public static void Answered(int status) => Posts.Add(1, new KeyValuePair<string, object?>(TelemetryTags.State, status switch
    {
        StatusCodes.Status200OK => "taken",
        StatusCodes.Status403Forbidden => "forbidden",
        StatusCodes.Status503ServiceUnavailable => "unavailable",
        _ => "refused",
    }));
}
