namespace Monitoring.Web;

/// <summary>The formats in which <c>/metrics</c> answers.</summary>
internal enum ExpositionFormat
{
    /// <summary>Prometheus text 0.0.4: for everybody who asks for nothing else.</summary>
    PrometheusText,

    /// <summary>OpenMetrics 1.0.0: for whoever names it in <c>Accept</c>; the only one that has exemplars.</summary>
    OpenMetrics,
}
