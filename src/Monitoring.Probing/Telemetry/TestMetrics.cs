using System.Diagnostics;
using System.Diagnostics.Metrics;
using Monitoring.Core;

namespace Monitoring.Probing;

/// <summary>What each test of a region adds to the metrics. Every measurement bears the test's id for exemplars; views drop it from the series.</summary>
internal static class TestMetrics
{
    // Around the 2 s that a segment of the clip lasts: what is slower is slower than real time.
    private static readonly InstrumentAdvice<double> AroundRealTime = new()
    {
        HistogramBucketBoundaries = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 6, 8, 12],
    };

    private static readonly InstrumentAdvice<double> Lateness = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] };

    private static readonly Counter<long> Tests =
        MonitoringMeter.Instance.CreateCounter<long>("monitoring.tests", "{test}", "Tests that a region ended, by the region's own verdict, and jobs that it gave back.");

    private static readonly Counter<long> Segments =
        MonitoringMeter.Instance.CreateCounter<long>("monitoring.segments", "{segment}", "Source segments of tests, by what became of them.");

    private static readonly Counter<long> RealTime = MonitoringMeter.Instance.CreateCounter<long>(
        "monitoring.segments.real_time", "{segment}", "Source segments that came back complete within their own duration.");

    private static readonly Histogram<double> RoundTrip = Seconds("monitoring.test.round_trip", "Hand-over of a segment to its last rendition byte; segments that came back complete.");
    private static readonly Histogram<double> Upload = Seconds("monitoring.test.upload", "Hand-over of a segment to the response's headers; segments that came back complete.");
    private static readonly Histogram<double> Transcode = Seconds("monitoring.test.transcode", "Response's headers to the end of the result; segments that came back complete.");
    private static readonly Histogram<double> Download = Seconds("monitoring.test.download", "First request for a rendition to the last rendition byte; segments that came back complete.");
    private static readonly Histogram<double> Discovery = Seconds("monitoring.test.discovery", "Discovery call, start to answer; calls that were answered.");

    private static readonly Histogram<double> Late = MonitoringMeter.Instance.CreateHistogram<double>(
        "monitoring.test.lateness", "s", "How much later than planned a test was begun.", tags: null, Lateness);

    private static readonly Counter<double> Spent =
        MonitoringMeter.Instance.CreateCounter<double>("monitoring.test.spend", "{wei}", "Expected value of the tickets of tests. Rounded: the exact amount stands in the results.");

    private static readonly Counter<long> Bytes = MonitoringMeter.Instance.CreateCounter<long>("monitoring.test.io", "By", "Bytes of segments sent (up) and of renditions fetched (down).");

    /// <summary>A test is about to be begun.</summary>
    public static void Begun(TestJob job, DateTimeOffset now) =>
        Late.Record(Math.Max(0, (now - job.NotBefore).TotalSeconds), new TagList { { TelemetryTags.Region, job.Region.Code }, { TelemetryTags.TestId, job.Id.Text } });

    /// <summary>A job was given back without a test.</summary>
    public static void NotRun(TestJob job, OutcomeCode reason) => Count(job.Region, job.Id, reason);

    /// <summary>A test has ended.</summary>
    /// <param name="result">Its result.</param>
    /// <param name="span">Its span, whose id exemplars bear; null for none.</param>
    public static void Ended(TestResult result, Activity? span)
    {
        var current = Activity.Current;
        Activity.Current = span;
        try
        {
            Record(result);
        }
        finally
        {
            Activity.Current = current;
        }
    }

    private static void Record(TestResult result)
    {
        Count(result.Region, result.Id, result.Outcome.Code);
        var tags = new TagList { { TelemetryTags.Region, result.Region.Code }, { TelemetryTags.TestId, result.Id.Text } };
        if (result.Evidence.DiscoveryMicros > 0) Discovery.Record(InSeconds(result.Evidence.DiscoveryMicros), tags);
        if (result.Summary.RealTimeSegments > 0) RealTime.Add(result.Summary.RealTimeSegments, tags);
        Spent.Add((double)result.Summary.Spend.Wei(), tags);
        AddBytes(result, "up", result.Summary.BytesUp);
        AddBytes(result, "down", result.Summary.BytesDown);
        foreach (var segment in result.Evidence.Segments)
        {
            Segments.Add(1, new TagList { { TelemetryTags.Region, result.Region.Code }, { TelemetryTags.State, segment.State.ToString() }, { TelemetryTags.TestId, result.Id.Text } });
            if (segment.State != SegmentState.Complete) continue;
            RoundTrip.Record(InSeconds(segment.RoundTripMicros), tags);
            Upload.Record(InSeconds(segment.UploadMicros), tags);
            Transcode.Record(InSeconds(segment.TranscodeMicros), tags);
            Download.Record(InSeconds(segment.DownloadMicros), tags);
        }
    }

    private static void Count(RegionId region, TestId test, OutcomeCode code) => Tests.Add(1, new TagList
    {
        { TelemetryTags.Region, region.Code },
        { TelemetryTags.Class, OutcomeCodes.ClassOf(code).ToString() },
        { TelemetryTags.Code, code.ToString() },
        { TelemetryTags.TestId, test.Text },
    });

    private static void AddBytes(TestResult result, string direction, long bytes)
    {
        if (bytes <= 0) return;
        Bytes.Add(bytes, new TagList { { TelemetryTags.Region, result.Region.Code }, { TelemetryTags.Direction, direction }, { TelemetryTags.TestId, result.Id.Text } });
    }

    private static double InSeconds(long micros) => micros / 1e6;

    private static Histogram<double> Seconds(string name, string description) =>
        MonitoringMeter.Instance.CreateHistogram<double>(name, "s", description, tags: null, AroundRealTime);
}
