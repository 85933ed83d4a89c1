using System.Diagnostics.Metrics;
using Monitoring.Probing;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Monitoring.Web;

/// <summary>
/// What collects the measurements and spans of this process, and sends them where the settings say. Disposing it sends what is left, within
/// a few seconds. A process without a web server may hold one by itself.
/// </summary>
public sealed class TelemetryPipeline : IDisposable
{
    // The most series of one metric; one more is counted under otel_metric_overflow.
    private const int MostSeries = 2_000;

    // What others in the process measure: the runtime, the web server, and in the cluster Orleans.
    private static readonly string[] OthersMeters = ["System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.Orleans"];

    private readonly HostGauges? _parts;
    private readonly MeterProvider? _metrics;
    private readonly TracerProvider? _traces;

    /// <summary>Begins to collect.</summary>
    /// <param name="settings">Where it goes.</param>
    /// <param name="parts">What parts of a process without services show of themselves.</param>
    public TelemetryPipeline(TelemetrySettings settings, IEnumerable<IHostGauges>? parts = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!settings.Enabled) return;
        _parts = new HostGauges(parts ?? []);
        if (settings.HasMetrics)
        {
            Pull = new PullExporter();
            _metrics = BuildMetrics(settings, Pull);
        }

        if (settings.Traces is { } traces) _traces = BuildTraces(settings, traces);
    }

    /// <summary>What <c>/metrics</c> asks; null where metrics are switched off.</summary>
    internal PullExporter? Pull { get; }

    /// <inheritdoc />
    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
        _parts?.Dispose();
    }

    private static MeterProvider BuildMetrics(TelemetrySettings settings, PullExporter pull)
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(Describe)
            .AddMeter([MonitoringMeter.Name, .. OthersMeters])
            .SetExemplarFilter(ExemplarFilterType.AlwaysOn)
            .AddView(View)
            .AddReader(new BaseExportingMetricReader(pull));
        if (settings.Metrics is { } target)
        {
            builder.AddReader(new PeriodicExportingMetricReader(
                new OtlpMetricExporter(target.ToOptions()), (int)settings.MetricInterval.TotalMilliseconds, (int)target.Timeout.TotalMilliseconds));
        }

        return builder.Build();
    }

    // The id of a test would make a series of each test; dropped here it goes along with the exemplars.
    private static MetricStreamConfiguration? View(Instrument instrument) => instrument.Meter.Name != MonitoringMeter.Name ? null : new MetricStreamConfiguration
    {
        TagKeys = [.. TelemetryTags.OfSeries],
        CardinalityLimit = MostSeries,
    };

    private static TracerProvider BuildTraces(TelemetrySettings settings, OtlpTarget target) => Sdk.CreateTracerProviderBuilder()
        .ConfigureResource(Describe)
        .AddSource(MonitoringMeter.Name)
        .SetSampler(settings.Sampling.ToSampler())
        .AddProcessor(new BatchActivityExportProcessor(new OtlpTraceExporter(target.ToOptions())))
        .Build();

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word.
    private static void Describe(ResourceBuilder resource) =>
        resource.AddService("livepeer-monitoring", serviceVersion: MonitoringMeter.Version).AddTelemetrySdk().AddEnvironmentVariableDetector();
}
