using System.Globalization;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace Monitoring.Web;

/// <summary>
/// Where telemetry goes, as the standard variables of OpenTelemetry say it. What is not set has the standard's value, except that nothing is
/// exported while no endpoint is named. A value that makes no sense is left aside and named in <see cref="Warnings"/>, as the standard asks.
/// </summary>
public sealed record TelemetrySettings
{
    private const string Prefix = "OTEL_EXPORTER_OTLP";

    /// <summary>False (<c>OTEL_SDK_DISABLED</c>): nothing is collected and <c>/metrics</c> is not there.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>False (<c>OTEL_METRICS_EXPORTER=none</c>): <c>/metrics</c> is not there and metrics are not exported.</summary>
    public bool HasMetrics { get; init; } = true;

    /// <summary>Where metrics are sent; null for nowhere.</summary>
    public OtlpTarget? Metrics { get; init; }

    /// <summary>Where spans are sent; null for nowhere, and none are made.</summary>
    public OtlpTarget? Traces { get; init; }

    /// <summary>The time between two exports of metrics (<c>OTEL_METRIC_EXPORT_INTERVAL</c>). 60 s.</summary>
    public TimeSpan MetricInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Which traces are kept (<c>OTEL_TRACES_SAMPLER</c>, <c>OTEL_TRACES_SAMPLER_ARG</c>). All.</summary>
    public TraceChoice Sampling { get; init; } = new(1);

    /// <summary>What was left aside, one sentence each.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Reads the variables.</summary>
    /// <param name="variable">The value of a variable; null or empty where it is not set.</param>
    public static TelemetrySettings Read(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        var warnings = ImmutableArray.CreateBuilder<string>();
        var metrics = Exporters(variable, "OTEL_METRICS_EXPORTER", ["otlp", "prometheus", "none"], warnings);
        var traces = Exporters(variable, "OTEL_TRACES_EXPORTER", ["otlp", "none"], warnings);
        return new TelemetrySettings
        {
            Enabled = !string.Equals(variable("OTEL_SDK_DISABLED")?.Trim(), "true", StringComparison.OrdinalIgnoreCase),
            HasMetrics = metrics is not ["none"],
            Metrics = Target(variable, "METRICS", "v1/metrics", metrics, warnings),
            Traces = Target(variable, "TRACES", "v1/traces", traces, warnings),
            MetricInterval = Milliseconds(variable, "OTEL_METRIC_EXPORT_INTERVAL", warnings) ?? TimeSpan.FromSeconds(60),
            Sampling = TraceChoice.Read(variable, warnings),
            Warnings = warnings.ToImmutable(),
        };
    }

    /// <summary>Reads the variables of this process.</summary>
    public static TelemetrySettings FromEnvironment() => Read(Environment.GetEnvironmentVariable);

    private static string[] Exporters(Func<string, string?> variable, string name, string[] known, ImmutableArray<string>.Builder warnings)
    {
        var named = (variable(name) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var unknown in named.Where(n => !known.Contains(n))) warnings.Add($"{name} names '{unknown}', which is not known here; use {string.Join(", ", known)}.");
        return [.. named.Where(known.Contains)];
    }

    private static OtlpTarget? Target(Func<string, string?> variable, string signal, string path, string[] exporters, ImmutableArray<string>.Builder warnings)
    {
        // Unnamed, the exporter is used where there is an endpoint to send to.
        var isAsked = exporters.Contains("otlp");
        if (exporters.Length > 0 && !isAsked) return null;
        string? Of(string what) => NotEmpty(variable($"{Prefix}_{signal}_{what}")) ?? NotEmpty(variable($"{Prefix}_{what}"));

        var protocol = Of("PROTOCOL");
        if (protocol is not (null or "grpc" or "http/protobuf"))
        {
            warnings.Add($"{Prefix}_PROTOCOL is '{protocol}', which is not known here; nothing of {signal} is exported. Use grpc or http/protobuf.");
            return null;
        }

        var isHttp = protocol == "http/protobuf";
        var own = NotEmpty(variable($"{Prefix}_{signal}_ENDPOINT"));
        var common = NotEmpty(variable($"{Prefix}_ENDPOINT"));
        if (own is null && common is null && !isAsked) return null;
        var text = own ?? common ?? (isHttp ? "http://localhost:4318" : "http://localhost:4317");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
        {
            warnings.Add($"The endpoint for {signal} is '{text}', which is no http or https address; nothing of it is exported.");
            return null;
        }

        // The common endpoint is a base, that of a signal is the address itself.
        if (isHttp && own is null) endpoint = new Uri(endpoint.AbsoluteUri.TrimEnd('/') + "/" + path);
        var timeoutName = NotEmpty(variable($"{Prefix}_{signal}_TIMEOUT")) is null ? $"{Prefix}_TIMEOUT" : $"{Prefix}_{signal}_TIMEOUT";
        return new OtlpTarget(
            endpoint,
            isHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc,
            Of("HEADERS") ?? "",
            Milliseconds(variable, timeoutName, warnings) ?? TimeSpan.FromSeconds(10));
    }

    private static TimeSpan? Milliseconds(Func<string, string?> variable, string name, ImmutableArray<string>.Builder warnings)
    {
        if (NotEmpty(variable(name)) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0) return TimeSpan.FromMilliseconds(milliseconds);
        warnings.Add($"{name} is '{text}'; set a whole number of milliseconds above 0. The standard's value is used.");
        return null;
    }

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

/// <summary>Where one signal is sent.</summary>
/// <param name="Endpoint">The full address.</param>
/// <param name="Protocol">gRPC, or protobuf over HTTP.</param>
/// <param name="Headers">Headers as <c>name=value</c>, separated by commas; they may hold secrets.</param>
/// <param name="Timeout">The longest one export may take.</param>
public sealed record OtlpTarget(Uri Endpoint, OtlpExportProtocol Protocol, string Headers, TimeSpan Timeout)
{
    /// <summary>The exporter's own words for it.</summary>
    internal OtlpExporterOptions ToOptions() => new()
    {
        Endpoint = Endpoint,
        Protocol = Protocol,
        Headers = Headers,
        TimeoutMilliseconds = (int)Timeout.TotalMilliseconds,
    };

    /// <summary>Keeps the headers out of logs.</summary>
    public override string ToString() => $"{Endpoint.GetLeftPart(UriPartial.Path)} ({Protocol})";
}
