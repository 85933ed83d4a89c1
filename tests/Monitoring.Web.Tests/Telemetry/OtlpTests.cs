using System.Globalization;
using Monitoring.Probing;

namespace Monitoring.Web.Tests.Telemetry;

[Collection(OneMeter.Name)]
public sealed class OtlpTests
{
    private static readonly TestId Test = TestId.Planned(new DateOnly(2026, 11, 20), 3, RegionId.Parse("FRA"), Sample.Orch(77));

    [Theory]
    [InlineData("http/protobuf", "/v1/metrics")]
    [InlineData("grpc", "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export")]
    public async Task Metrics_arrive_with_units_resource_and_exemplars_that_name_the_test(string protocol, string path)
    {
        await using var receiver = await OtlpReceiver.StartAsync(protocol == "grpc");
        using (new TelemetryPipeline(Settings(receiver, protocol)))
        {
            var round = MonitoringMeter.Instance.CreateHistogram<double>("monitoring.otlp_probe", "s");
            round.Record(0.5, new(TelemetryTags.Region, "FRA"), new(TelemetryTags.TestId, Test.Text));
        }

        var export = await receiver.NextAsync(path);
        Assert.Equal("secret", export.Headers["x-key"]);

        // ExportMetricsServiceRequest.resource_metrics (1), ResourceMetrics.resource (1) and .scope_metrics (2), Resource.attributes (1).
        Assert.Equal("livepeer-monitoring", export.Message.All(1, 1).Single().Attributes(1)["service.name"]);
        var scope = export.Message.All(1, 2).Single(s => s.All(1).Single().Text(1) == MonitoringMeter.Name && s.All(2).Any(m => m.Text(1) == "monitoring.otlp_probe"));

        // ScopeMetrics.metrics (2), Metric.name (1), .unit (3), .histogram (9); Histogram.data_points (1).
        var metric = scope.All(2).Single(m => m.Text(1) == "monitoring.otlp_probe");
        Assert.Equal("s", metric.Text(3));
        var point = metric.All(9, 1).Single();

        // HistogramDataPoint.count (4), .sum (5), .exemplars (8), .attributes (9); Exemplar.as_double (3), .filtered_attributes (7).
        Assert.Equal(1UL, point.Number(4));
        Assert.Equal(0.5, point.Real(5));
        Assert.Equal("FRA", Assert.Single(point.Attributes(9)).Value);
        var exemplar = point.All(8).Single();
        Assert.Equal(0.5, exemplar.Real(3));
        Assert.Equal(Test.Text, Assert.Single(exemplar.Attributes(7)).Value);
    }

    [Fact]
    public async Task Spans_arrive_in_the_trace_that_the_test_id_names()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        using (new TelemetryPipeline(Settings(receiver, "http/protobuf")))
        {
            TestTrace.End(TestTrace.Start("lease", Test, Sample.Orch(77), RegionId.Parse("FRA")), new Outcome(OutcomeCode.Completed));
            TestTrace.End(TestTrace.Start("store", Test, Sample.Orch(77), RegionId.Parse("FRA")), new Outcome(OutcomeCode.Unreachable, "no answer"));
        }

        // ExportTraceServiceRequest.resource_spans (1), ResourceSpans.scope_spans (2), ScopeSpans.spans (2).
        var spans = (await receiver.NextAsync("/v1/traces")).Message.All(1, 2, 2).ToArray();

        // Span.trace_id (1), .parent_span_id (4), .name (5), .attributes (9), .status (15); Status.message (2), .code (3), 2 for an error.
        Assert.Equal(["lease", "store"], spans.Select(s => s.Text(5)));
        Assert.All(spans, s => Assert.Equal(TestTrace.TraceIdOf(Test).ToHexString(), Convert.ToHexStringLower(s.Bytes(1))));
        Assert.All(spans, s => Assert.Equal(TestTrace.ContextOf(Test).SpanId.ToHexString(), Convert.ToHexStringLower(s.Bytes(4))));
        Assert.Equal(Test.Text, spans[0].Attributes(9)["test.id"]);
        Assert.Equal("Unreachable", spans[1].Attributes(9)["code"]);
        Assert.Equal((2UL, "no answer"), (spans[1].All(15).Single().Number(3), spans[1].All(15).Single().Text(2)));
    }

    [Fact]
    public async Task A_share_of_tests_is_kept_by_their_ids_whichever_process_decides()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var tests = Enumerable.Range(0, 200).Select(n => TestId.OnDemand(n.ToString(CultureInfo.InvariantCulture))).ToArray();
        var kept = new List<string[]>();
        foreach (var sampler in new[] { "traceidratio", "parentbased_traceidratio" })
        {
            using (new TelemetryPipeline(Settings(receiver, "http/protobuf", ("OTEL_TRACES_SAMPLER", sampler), ("OTEL_TRACES_SAMPLER_ARG", "0.25"))))
            {
                foreach (var test in tests) TestTrace.Start("test", test, Sample.Orch(1), RegionId.Parse("FRA"))?.Dispose();
            }

            kept.Add([.. (await receiver.NextAsync("/v1/traces")).Message.All(1, 2, 2).Select(s => s.Attributes(9)["test.id"])]);
        }

        Assert.InRange(kept[0].Length, 20, 90);
        Assert.Equal(kept[0], kept[1]);
    }

    private static TelemetrySettings Settings(OtlpReceiver receiver, string protocol, params (string Name, string Value)[] more)
    {
        var variables = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Address.ToString(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-key=secret",
        };
        foreach (var (name, value) in more) variables[name] = value;
        var settings = TelemetrySettings.Read(name => variables.GetValueOrDefault(name));
        Assert.Empty(settings.Warnings);
        return settings;
    }
}
