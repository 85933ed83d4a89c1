using System.Diagnostics;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Monitoring.Core;
using Monitoring.Probing.Tests.Worker;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Probing.Tests.Telemetry;

public sealed class TestTelemetryTests
{
    [Fact]
    public void Every_segment_that_came_back_complete_is_timed_in_seconds()
    {
        var job = RegionUnderTest.Job(7001);
        using var heard = new Heard(job.Id.Text);
        TestMetrics.Ended(Result(job), null);
        Assert.Equal([0.5, 0.75], heard.Of("monitoring.test.round_trip").Select(m => m.Value));
        Assert.Equal([0.1, 0.1], heard.Of("monitoring.test.upload").Select(m => m.Value));
        Assert.Equal([0.2, 0.2], heard.Of("monitoring.test.transcode").Select(m => m.Value));
        Assert.Equal([0.15, 0.15], heard.Of("monitoring.test.download").Select(m => m.Value));
        Assert.Equal(["Complete", "Complete", "Dropped"], heard.Of("monitoring.segments").Select(m => m.Tags[TelemetryTags.State]));
        Assert.Equal(2, Assert.Single(heard.Of("monitoring.segments.real_time")).Value);
        Assert.Equal(0.04, Assert.Single(heard.Of("monitoring.test.discovery")).Value);
    }

    [Fact]
    public void A_test_is_counted_by_region_class_and_code_with_its_bytes_and_its_price()
    {
        var job = RegionUnderTest.Job(7002);
        using var heard = new Heard(job.Id.Text);
        TestMetrics.Ended(Result(job), null);
        var counted = Assert.Single(heard.Of("monitoring.tests"));
        Assert.Equal(("FRA", "Success", "Partial"), (counted.Tags[TelemetryTags.Region], counted.Tags[TelemetryTags.Class], counted.Tags[TelemetryTags.Code]));
        Assert.Equal([("up", 3000.0), ("down", 5000.0)], heard.Of("monitoring.test.io").Select(m => (m.Tags[TelemetryTags.Direction]!, m.Value)));
        Assert.Equal(124, Assert.Single(heard.Of("monitoring.test.spend")).Value);
    }

    [Fact]
    public void No_measurement_bears_a_tag_that_a_series_could_not_bear()
    {
        var job = RegionUnderTest.Job(7003);
        using var heard = new Heard(job.Id.Text);
        TestMetrics.Begun(job, job.NotBefore.AddSeconds(2));
        TestMetrics.Ended(Result(job), null);
        TestMetrics.NotRun(job, OutcomeCode.NoWorker);
        Assert.Equal(2, Assert.Single(heard.Of("monitoring.test.lateness")).Value);
        Assert.All(heard.Measurements, m => Assert.All(m.Tags.Keys, key => Assert.Contains(key, TelemetryTags.OfSeries.Append(TelemetryTags.TestId))));
        Assert.All(heard.Measurements, m => Assert.DoesNotContain(TelemetryTags.Orchestrator, m.Tags.Keys));
    }

    [Fact]
    public void The_trace_of_a_test_is_found_by_its_id_alone()
    {
        var id = TestId.Parse("20261120-03-MDW-0x00000000000000000000000000000000000000aa");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(id.Text)));
        Assert.Equal(hash[..32], TestTrace.TraceIdOf(id).ToHexString());
        Assert.Equal(hash[32..48], TestTrace.ContextOf(id).SpanId.ToHexString());
    }

    [Fact]
    public async Task A_region_says_test_and_report_in_one_trace_and_exemplars_name_it()
    {
        var job = RegionUnderTest.Job(7004);
        using var heard = new Heard(job.Id.Text);
        await using (var region = new RegionUnderTest(workers: 1))
        {
            region.Hub.Offer(job);
            (await region.Tester.NextAsync()).End(OutcomeCode.Unreachable);
            await region.Hub.NextReportAsync();
        }

        Assert.Equal(["test", "report"], heard.Spans.Select(s => s.OperationName));
        Assert.All(heard.Spans, s => Assert.Equal(TestTrace.TraceIdOf(job.Id), s.TraceId));
        Assert.All(heard.Spans, s => Assert.Equal("Unreachable", s.GetTagItem(TelemetryTags.Code)));
        Assert.All(heard.Spans, s => Assert.Equal(job.Orchestrator.Text, s.GetTagItem(TelemetryTags.Orchestrator)));
        Assert.All(heard.Spans, s => Assert.Equal(ActivityStatusCode.Error, s.Status));
        Assert.Equal(TestTrace.TraceIdOf(job.Id), Assert.Single(heard.Of("monitoring.tests")).Trace);
    }

    [Fact]
    public async Task What_is_sent_to_an_orchestrator_can_bear_no_trace()
    {
        var job = RegionUnderTest.Job(7005);
        using var heard = new Heard(job.Id.Text);
        await using var region = new RegionUnderTest(workers: 1);
        region.Hub.Offer(job);
        var test = await region.Tester.NextAsync();
        Assert.Null(test.Current);
        test.End();
        await region.Hub.NextReportAsync();
    }

    [Fact]
    public void The_events_of_a_span_are_bounded()
    {
        var job = RegionUnderTest.Job(7006);
        using var heard = new Heard(job.Id.Text);
        var result = Result(job);
        result = result with { Evidence = result.Evidence with { Segments = [.. Enumerable.Range(0, 120).Select(n => Segment(n, SegmentState.Complete, 500_000))] } };
        var span = TestTrace.Start("test", job.Id, job.Orchestrator, job.Region)!;
        SegmentEvents.Add(span, result);
        TestTrace.End(span, result.Outcome);
        Assert.Equal(TestTrace.MostEvents, span.Events.Count());
        Assert.Equal(120 - TestTrace.MostEvents, span.GetTagItem("segment.events.left_out"));
    }

    private static TestResult Result(TestJob job)
    {
        var result = RegionUnderTest.Result(job, OutcomeCode.Partial);
        return result with
        {
            Summary = result.Summary with
            {
                RealTimeSegments = 2, BytesUp = 3000, BytesDown = 5000, Spend = new Spend(new Rational(new BigInteger(247), new BigInteger(2)), 10, 2),
            },
            Evidence = new TestEvidence
            {
                DiscoveryMicros = 40_000,
                Segments = [Segment(0, SegmentState.Complete, 500_000), Segment(1, SegmentState.Complete, 750_000), Segment(2, SegmentState.Dropped, 0)],
            },
        };
    }

    private static SegmentEvidence Segment(int seq, SegmentState state, long roundTrip) => new()
    {
        Seq = seq, State = state, Outcome = new Outcome(state == SegmentState.Complete ? OutcomeCode.Completed : OutcomeCode.Dropped), DurationMicros = 2_000_000,
        ReadyMicros = seq * 2_000_000L, RoundTripMicros = roundTrip, UploadMicros = 100_000, TranscodeMicros = 200_000, DownloadMicros = 150_000,
    };
}
