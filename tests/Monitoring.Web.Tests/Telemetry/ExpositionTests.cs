using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;

namespace Monitoring.Web.Tests.Telemetry;

public sealed partial class ExpositionTests
{
    [Fact]
    public async Task Prometheus_text_is_what_version_0_0_4_says()
    {
        using var exposition = Filled();
        Assert.Equal(
            """
            # TYPE target_info gauge
            # HELP target_info What this process says of itself.
            target_info{n="3",service_name="a \"b\""} 1
            # TYPE a_share_ratio gauge
            # HELP a_share_ratio A line\nbreak, a \\ and "quotes".
            a_share_ratio{odd_key="x\\y\n\"z\""} 0.25
            # TYPE a_time_seconds histogram
            # HELP a_time_seconds How long.
            a_time_seconds_bucket{region="FRA",le="0.5"} 1
            a_time_seconds_bucket{region="FRA",le="2"} 2
            a_time_seconds_bucket{region="FRA",le="+Inf"} 3
            a_time_seconds_sum{region="FRA"} 9.25
            a_time_seconds_count{region="FRA"} 3
            # TYPE sent_bytes_total counter
            sent_bytes_total 7
            # TYPE tests_total counter
            # HELP tests_total Tests.
            tests_total{region="FRA"} 2
            tests_total{region="MDW"} 1

            """.ReplaceLineEndings("\n"),
            await exposition.ReadAsync(ExpositionFormat.PrometheusText));
    }

    [Fact]
    public async Task OpenMetrics_is_what_version_1_0_0_says_with_exemplars_that_name_the_test()
    {
        using var exposition = Filled();
        var text = Stamp().Replace(await exposition.ReadAsync(ExpositionFormat.OpenMetrics), "STAMP");
        Assert.Equal(
            """
            # TYPE target info
            # HELP target What this process says of itself.
            target_info{n="3",service_name="a \"b\""} 1
            # TYPE a_share_ratio gauge
            # UNIT a_share_ratio ratio
            # HELP a_share_ratio A line\nbreak, a \\ and \"quotes\".
            a_share_ratio{odd_key="x\\y\n\"z\""} 0.25
            # TYPE a_time_seconds histogram
            # UNIT a_time_seconds seconds
            # HELP a_time_seconds How long.
            a_time_seconds_bucket{region="FRA",le="0.5"} 1 # {test_id="t1"} 0.25 STAMP
            a_time_seconds_bucket{region="FRA",le="2.0"} 2 # {test_id="t2"} 1 STAMP
            a_time_seconds_bucket{region="FRA",le="+Inf"} 3 # {test_id="t3"} 8 STAMP
            a_time_seconds_sum{region="FRA"} 9.25
            a_time_seconds_count{region="FRA"} 3
            # TYPE sent_bytes counter
            # UNIT sent_bytes bytes
            sent_bytes_total 7
            # TYPE tests counter
            # HELP tests Tests.
            tests_total{region="FRA"} 2 # {test_id="t2"} 2 STAMP
            tests_total{region="MDW"} 1
            # EOF

            """.ReplaceLineEndings("\n"),
            text);
    }

    [Fact]
    public async Task An_exemplar_bears_the_trace_that_was_current_and_never_more_than_128_characters()
    {
        using var exposition = new Expositions("region");
        var tests = exposition.Meter.CreateCounter<long>("tests");
        using var span = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        tests.Add(1, Tag("region", "FRA"), Tag("test.id", "short"));
        tests.Add(1, Tag("region", "MDW"), Tag("test.id", new string('x', 96)));
        var text = await exposition.ReadAsync(ExpositionFormat.OpenMetrics);
        Assert.Contains($"tests_total{{region=\"FRA\"}} 1 # {{test_id=\"short\",trace_id=\"{span.TraceId}\"}} 1 ", text, StringComparison.Ordinal);
        Assert.Contains($"tests_total{{region=\"MDW\"}} 1 # {{test_id=\"{new string('x', 96)}\"}} 1 ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_instruments_of_one_name_are_one_family_and_one_of_another_kind_is_left_out()
    {
        using var exposition = new Expositions();
        exposition.Meter.CreateCounter<long>("a.b").Add(1, Tag("from", "dots"));
        exposition.Meter.CreateCounter<long>("a_b").Add(2, Tag("from", "underscores"));
        exposition.Meter.CreateObservableGauge("a-b", () => 3);
        var text = await exposition.ReadAsync(ExpositionFormat.PrometheusText);
        Assert.Single(Regex.Matches(text, "# TYPE a_b"));
        Assert.Contains("a_b_total{from=\"dots\"} 1\na_b_total{from=\"underscores\"} 2\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("a_b 3", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_that_are_none_are_written_as_the_formats_want_them()
    {
        using var exposition = new Expositions();
        exposition.Meter.CreateObservableGauge("nan", () => double.NaN);
        exposition.Meter.CreateObservableGauge("high", () => double.PositiveInfinity);
        exposition.Meter.CreateObservableGauge("low", () => double.NegativeInfinity);
        var text = await exposition.ReadAsync(ExpositionFormat.PrometheusText);
        Assert.Contains("\nnan NaN\n", text, StringComparison.Ordinal);
        Assert.Contains("\nhigh +Inf\n", text, StringComparison.Ordinal);
        Assert.Contains("\nlow -Inf\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_comes_while_somebody_collects_waits_for_his_turn()
    {
        using var exposition = new Expositions();
        using var isCollecting = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        var collecting = 0;
        exposition.Meter.CreateObservableGauge("slow", () =>
        {
            Assert.Equal(1, Interlocked.Increment(ref collecting));
            isCollecting.Release();
            goOn.Wait(TimeSpan.FromSeconds(4));
            Interlocked.Decrement(ref collecting);
            return 1;
        });
        var first = Task.Run(() => exposition.ReadAsync(ExpositionFormat.PrometheusText));
        await isCollecting.WaitAsync(TestContext.Current.CancellationToken);
        var second = exposition.Pull.ReadAsync(ExpositionFormat.OpenMetrics, CancellationToken.None);
        Assert.False(second.IsCompleted);
        goOn.Release(2);
        Assert.DoesNotContain("# EOF", await first, StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", System.Text.Encoding.UTF8.GetString((await second)!.Value.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("monitoring.test.round_trip", "s", false, false, "monitoring_test_round_trip_seconds")]
    [InlineData("monitoring.tests", "{test}", true, false, "monitoring_tests")]
    [InlineData("requests_total", "1", true, false, "requests")]
    [InlineData("a..b--c", "", false, true, "a_b_c")]
    [InlineData("9lives", "", false, true, "_9lives")]
    [InlineData("speed", "By/s", false, true, "speed_bytes_per_second")]
    [InlineData("rate", "{test}/min", false, true, "rate_per_minute")]
    [InlineData("wait_seconds", "s", false, true, "wait_seconds")]
    [InlineData("odd", "m/s^2", false, true, "odd_m")]
    public void Names_are_made_by_the_rules_of_the_specification(string name, string unit, bool isCounter, bool isGauge, string family) =>
        Assert.Equal(family, ExpositionNames.Family(name, unit, isCounter, isGauge));

    [Theory]
    [InlineData("", false)]
    [InlineData("*/*", false)]
    [InlineData("text/plain;version=0.0.4", false)]
    [InlineData("application/openmetrics-text; version=1.0.0; charset=utf-8", true)]
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", true)]
    [InlineData("text/plain;q=0.5, application/openmetrics-text", true)]
    [InlineData("application/openmetrics-text;version=0.0.1", false)]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0", false)]
    public void OpenMetrics_is_for_whoever_asks_for_it(string accept, bool isOpen) =>
        Assert.Equal(isOpen ? ExpositionFormat.OpenMetrics : ExpositionFormat.PrometheusText, MetricsRoute.FormatFor(accept));

    private static Expositions Filled()
    {
        var exposition = new Expositions("region", "odd.key");
        exposition.Meter.CreateObservableGauge("a.share", () => new Measurement<double>(0.25, Tag("odd.key", "x\\y\n\"z\"")), "1", "A line\nbreak, a \\ and \"quotes\".");
        var time = exposition.Meter.CreateHistogram("a.time", "s", "How long.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 2] });
        time.Record(0.25, Tag("region", "FRA"), Tag("test.id", "t1"));
        time.Record(1, Tag("region", "FRA"), Tag("test.id", "t2"));
        time.Record(8, Tag("region", "FRA"), Tag("test.id", "t3"));
        exposition.Meter.CreateCounter<double>("sent", "By").Add(7);
        var tests = exposition.Meter.CreateCounter<long>("tests", "{test}", "Tests.");
        tests.Add(2, Tag("region", "FRA"), Tag("test.id", "t2"));
        tests.Add(1, Tag("region", "MDW"));
        return exposition;
    }

    private static KeyValuePair<string, object?> Tag(string key, object? value) => new(key, value);

    [GeneratedRegex(@"\d{10}\.\d{3}$", RegexOptions.Multiline)]
    private static partial Regex Stamp();
}
