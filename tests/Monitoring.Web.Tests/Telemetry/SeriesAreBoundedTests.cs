using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Monitoring.Probing;

namespace Monitoring.Web.Tests.Telemetry;

[Collection(OneMeter.Name)]
public sealed class SeriesAreBoundedTests
{
    [Fact]
    public async Task One_instrument_has_at_most_two_thousand_series_and_the_rest_are_one_that_says_so()
    {
        using var pipeline = new TelemetryPipeline(new TelemetrySettings());
        var counter = MonitoringMeter.Instance.CreateCounter<long>("monitoring.bound_probe");
        for (var i = 0; i < 2_500; i++) counter.Add(1, new KeyValuePair<string, object?>(TelemetryTags.Region, i.ToString("R0000", CultureInfo.InvariantCulture)));
        var text = Encoding.UTF8.GetString((await pipeline.Pull!.ReadAsync(ExpositionFormat.PrometheusText, CancellationToken.None))!.Value.Span);
        var series = Regex.Matches(text, @"^monitoring_bound_probe_total\{(.*)\} (\d+)$", RegexOptions.Multiline);
        Assert.InRange(series.Count, 1_900, 2_001);
        Assert.Equal(2_500, series.Sum(s => int.Parse(s.Groups[2].Value, CultureInfo.InvariantCulture)));
        Assert.Contains(series, s => s.Groups[1].Value == "otel_metric_overflow=\"true\"");
    }
}
