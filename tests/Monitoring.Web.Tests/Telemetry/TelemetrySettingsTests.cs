using OpenTelemetry.Exporter;

namespace Monitoring.Web.Tests.Telemetry;

public sealed class TelemetrySettingsTests
{
    [Fact]
    public void Without_variables_there_are_metrics_to_fetch_and_nothing_is_sent()
    {
        var settings = Read();
        Assert.True(settings.Enabled);
        Assert.True(settings.HasMetrics);
        Assert.Null(settings.Metrics);
        Assert.Null(settings.Traces);
        Assert.Empty(settings.Warnings);
        Assert.Equal(TimeSpan.FromSeconds(60), settings.MetricInterval);
    }

    [Fact]
    public void One_endpoint_serves_both_signals_and_is_a_base_for_http()
    {
        var grpc = Read(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"));
        Assert.Equal((new Uri("http://collector:4317"), OtlpExportProtocol.Grpc), (grpc.Metrics!.Endpoint, grpc.Metrics.Protocol));
        Assert.Equal(grpc.Metrics, grpc.Traces);

        var http = Read(("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector/otlp/"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"));
        Assert.Equal("https://collector/otlp/v1/metrics", http.Metrics!.Endpoint.AbsoluteUri);
        Assert.Equal("https://collector/otlp/v1/traces", http.Traces!.Endpoint.AbsoluteUri);
    }

    [Fact]
    public void What_is_said_of_one_signal_goes_before_what_is_said_of_all()
    {
        var settings = Read(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4318"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=b"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "5000"),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://metrics/exactly/here"),
            ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "c=d"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "7000"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1500"));
        Assert.Equal(new OtlpTarget(new Uri("http://metrics/exactly/here"), OtlpExportProtocol.HttpProtobuf, "c=d", TimeSpan.FromSeconds(5)), settings.Metrics);
        Assert.Equal(new OtlpTarget(new Uri("http://all:4318"), OtlpExportProtocol.Grpc, "a=b", TimeSpan.FromSeconds(7)), settings.Traces);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), settings.MetricInterval);
    }

    [Fact]
    public void Exporters_can_be_switched_off_and_asked_for_by_name()
    {
        var endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317");
        var none = Read(endpoint, ("OTEL_METRICS_EXPORTER", "none"), ("OTEL_TRACES_EXPORTER", "none"));
        Assert.False(none.HasMetrics);
        Assert.Null(none.Metrics);
        Assert.Null(none.Traces);

        var pull = Read(endpoint, ("OTEL_METRICS_EXPORTER", "prometheus"));
        Assert.True(pull.HasMetrics);
        Assert.Null(pull.Metrics);
        Assert.NotNull(pull.Traces);

        Assert.Equal(new Uri("http://localhost:4317"), Read(("OTEL_METRICS_EXPORTER", "otlp")).Metrics!.Endpoint);
        Assert.False(Read(("OTEL_SDK_DISABLED", "TRUE")).Enabled);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "http/json")]
    [InlineData("OTEL_METRICS_EXPORTER", "console", "console")]
    [InlineData("OTEL_METRIC_EXPORT_INTERVAL", "soon", "soon")]
    [InlineData("OTEL_TRACES_SAMPLER", "xray", "xray")]
    public void A_value_that_makes_no_sense_is_left_aside_and_named(string name, string value, string named)
    {
        var settings = Read((name, value));
        Assert.NotEmpty(settings.Warnings);
        Assert.All(settings.Warnings, w => Assert.Contains($"'{named}'", w, StringComparison.Ordinal));
    }

    [Fact]
    public void Headers_which_may_hold_secrets_are_not_printed() =>
        Assert.DoesNotContain("s3cret", Read(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:1"), ("OTEL_EXPORTER_OTLP_HEADERS", "k=s3cret")).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData(null, null, 1)]
    [InlineData("parentbased_always_on", null, 1)]
    [InlineData("always_off", null, 0)]
    [InlineData("parentbased_always_off", null, 0)]
    [InlineData("traceidratio", "0.1", 0.1)]
    [InlineData("parentbased_traceidratio", "7", 1)]
    public void Samplers_are_read(string? sampler, string? argument, double share) =>
        Assert.Equal(share, Read(("OTEL_TRACES_SAMPLER", sampler), ("OTEL_TRACES_SAMPLER_ARG", argument)).Sampling.Share);

    private static TelemetrySettings Read(params (string Name, string? Value)[] variables)
    {
        var all = variables.ToDictionary(v => v.Name, v => v.Value);
        return TelemetrySettings.Read(name => all.GetValueOrDefault(name));
    }
}
