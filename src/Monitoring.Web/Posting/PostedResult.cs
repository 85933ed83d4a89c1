using System.Security.Cryptography;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>
/// Turns a posted body into an outcome, or says why it cannot be one. The old server takes any number and any time; a result here enters a
/// window by its own time and a score by its own rate, so both are checked at this edge and nowhere after it.
/// </summary>
internal sealed class PostedResult(WebOptions options)
{
    /// <summary>How far a timestamp may lie ahead of our clock.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How old a result may be. Windows are by test time and the same body counts once, so an old one does no harm; beyond what is
    /// published (zeros for 30 days) it does no good either.
    /// </summary>
    public static readonly TimeSpan Oldest = TimeSpan.FromDays(30);

    /// <summary>Weight of one posted result: it counts as one test, and its rate is kept to a billionth.</summary>
    private const long Weight = 1_000_000_000;

    /// <summary>The longest time a post may name, seconds: over eleven days. So no sum of results leaves 64 bits.</summary>
    private const double LongestSeconds = 1_000_000;

    /// <summary>The region of a body, if it is listed for any type; the spelling must be exact.</summary>
    public RegionId? RegionOf(PostedBody body)
    {
        foreach (var region in options.Regions)
        {
            if (string.Equals(region.Id.Code, body.Region, StringComparison.Ordinal)) return region.Id;
        }

        return null;
    }

    /// <summary>The outcome; null when the body cannot be one, and <paramref name="problem"/> says why.</summary>
    public OutcomeRevision? TryRead(PostedBody body, RegionId region, ReadOnlySpan<byte> raw, DateTimeOffset now, out string problem)
    {
        problem = ProblemOf(body, region, now);
        if (problem.Length > 0) return null;

        return Of(body, TestId.Posted(SHA256.HashData(raw)), region, DateTimeOffset.FromUnixTimeSeconds(body.Timestamp), now);
    }

    /// <summary>The outcome of a body whose values are possible (<see cref="ImpossibleValue"/>).</summary>
    public static OutcomeRevision Of(PostedBody body, TestId test, RegionId region, DateTimeOffset testTime, DateTimeOffset recordedAt) => new()
    {
        Test = test,
        Revision = OutcomeRevision.Measured,
        Orchestrator = OrchestratorId.Parse(body.Orchestrator),
        Region = region,
        TestTime = testTime,
        RecordedAt = recordedAt,
        Outcome = OutcomeOf(body),
        Summary = new TestSummary
        {
            StartedAt = testTime,
            Method = TestMethod.Posted,
            Sums = SumsOf(body),
            Averages = new LegacyAverages(body.SuccessRate, body.SegDuration, body.RoundTripTime),
            SegmentsSent = (int)body.SegmentsSent,
            SegmentsReceived = (int)body.SegmentsReceived,
            UploadTime = body.UploadTime,
            DownloadTime = body.DownloadTime,
            TranscodeTime = body.TranscodeTime,
            Errors = body.Errors is { } errors ? [.. errors] : [],
            Posted = new PostedDetail
            {
                Timestamp = body.Timestamp,
                Model = body.Model,
                Pipeline = body.Pipeline,
                ModelIsWarm = body.ModelIsWarm,
                InputParameters = body.InputParameters,
                ResponsePayload = body.ResponsePayload,
                RoundTripTime = body.RoundTripTime,
                ErrorsNull = body.Errors is null,
            },
        },
    };

    /// <summary>What of a body cannot be, whoever sent it and whenever; empty when all can.</summary>
    public static string ImpossibleValue(PostedBody body)
    {
        if (!OrchestratorId.TryParse(body.Orchestrator, out _)) return "orchestrator must be 0x and 40 hex digits";
        if (body.SuccessRate is < 0 or > 1) return "success_rate must be from 0 to 1";
        foreach (var (name, seconds) in Times(body))
        {
            if (seconds is < 0 or > LongestSeconds) return $"{name} must be from 0 to {LongestSeconds} seconds";
        }

        if (body.SegmentsSent is < 0 or > int.MaxValue) return "segments_sent must be from 0 to 2147483647";
        return body.SegmentsReceived is < 0 or > int.MaxValue ? "segments_received must be from 0 to 2147483647" : "";
    }

    private string ProblemOf(PostedBody body, RegionId region, DateTimeOffset now)
    {
        var type = body.Model.Length > 0 && body.Pipeline.Length > 0 ? JobType.Ai : JobType.Transcoding;
        var word = type == JobType.Ai ? "ai" : "transcoding";
        if (region == RegionId.Global) return "GLOBAL is what clients compute over all regions; post the region that was measured";
        if (!options.Lists(region, type)) return $"region {region} is not registered for {word} results; see /api/regions";
        if (type == JobType.Transcoding && options.OwnRegions.Contains(region)) return "region is measured here";
        if (ImpossibleValue(body) is { Length: > 0 } impossible) return impossible;
        var seen = now.ToUnixTimeSeconds();
        if (body.Timestamp > seen + (long)Ahead.TotalSeconds) return $"timestamp is more than 5 minutes ahead (Unix seconds are expected; it is {seen} here)";
        if (body.Timestamp < seen - (long)Oldest.TotalSeconds) return $"timestamp is more than 30 days old (Unix seconds are expected; it is {seen} here)";
        return "";
    }

    private static (string Name, double Seconds)[] Times(PostedBody body) =>
    [
        ("round_trip_time", body.RoundTripTime), ("seg_duration", body.SegDuration), ("upload_time", body.UploadTime),
        ("download_time", body.DownloadTime), ("transcode_time", body.TranscodeTime),
    ];

    // Which fault it was is another tester's word, so it is told and not sorted.
    private static Outcome OutcomeOf(PostedBody body) => body.SuccessRate switch
    {
        1 => new Outcome(OutcomeCode.Completed),
        > 0 => new Outcome(OutcomeCode.Partial),
        _ => new Outcome(OutcomeCode.TranscodeFailed, Outcome.Clean(body.Errors is [var first, ..] ? first.ErrorCode : "")),
    };

    // A failed test names no time that could improve a latency score.
    private static ScoreSums SumsOf(PostedBody body)
    {
        var received = (long)Math.Round(body.SuccessRate * Weight);
        var timed = body is { SuccessRate: > 0, RoundTripTime: > 0, SegDuration: > 0 };
        return new ScoreSums(received, Weight, timed ? Micros(body.SegDuration) : 0, timed ? Micros(body.RoundTripTime) : 0);
    }

    private static long Micros(double seconds) => Math.Max(1, (long)Math.Round(seconds * 1e6));
}
