namespace Monitoring.Core;

/// <summary>
/// Tells a result that cannot be true from one that may be. Whoever holds a region's key can lie within what is possible; nobody can lie beyond
/// it and be believed. Pure.
/// </summary>
public static class ReportRule
{
    /// <summary>How far clocks may disagree before a time is impossible: beyond it a region's own tests are void anyway (design section 5). 5 s.</summary>
    public static TimeSpan ClockTolerance { get; } = TimeSpan.FromSeconds(5);

    private const int MostSegments = 8 * 15;
    private const int MostRenditions = 8;
    private const int LongestText = 1_000;

    /// <summary>What is impossible about a result, in our words; null when nothing is.</summary>
    /// <param name="result">The result.</param>
    /// <param name="lease">The lease that it answers.</param>
    /// <param name="now">When it came, UTC, by the hub's clock.</param>
    public static string? Impossible(TestResult result, SealedLease lease, DateTimeOffset now)
    {
        var summary = result.Summary;
        if (summary.Posted is not null) return "it says that somebody else posted it";
        if (Unbounded(result) is { } unbounded) return unbounded;
        if (!summary.Sums.IsPossible) return "its sums are not possible";
        if (summary.Elapsed < TimeSpan.Zero) return "it took less than no time";
        if (summary.Elapsed > lease.Deadline - lease.LeasedAt + ClockTolerance + AfterTheDeadline) return "it took longer than its deadline allows";

        // A void result says that nothing is to be believed of it, its clock included.
        if (result.Outcome.Class == OutcomeClass.Void) return null;
        if (summary.StartedAt < lease.LeasedAt - ClockTolerance) return "it began before it was leased";
        if (summary.StartedAt < result.PlannedAt - ClockTolerance) return "it began before its planned instant";
        if (summary.StartedAt > lease.NotAfter + ClockTolerance) return "it began after the last instant at which it could";
        if (summary.StartedAt + summary.Elapsed > now + ClockTolerance) return "it ended after it was reported";
        return Numbers(summary) ?? Evidence(result);
    }

    // The last result, its downloads and the end of the session may follow the deadline of sending (design section 4, step 4).
    private static TimeSpan AfterTheDeadline { get; } = TimeSpan.FromSeconds(30);

    private static string? Unbounded(TestResult result)
    {
        var (summary, evidence) = (result.Summary, result.Evidence);
        if (evidence.Segments.Length > MostSegments || summary.SourceSegments is < 0 or > MostSegments) return $"it has more than {MostSegments} segments";
        if (evidence.Segments.Any(s => s.Renditions.Length > MostRenditions)) return $"a segment has more than {MostRenditions} renditions";
        if (summary.RoundTripsMicros.Length > MostSegments || summary.Errors.Length > MostSegments) return "it lists more round trips or errors than a test has segments";
        string[] texts =
        [
            result.Outcome.Detail, summary.Method, summary.ServiceUri, summary.Version, evidence.DialledAddress, evidence.Transcoder, evidence.CertificateSha256, evidence.Price,
            .. summary.Errors.SelectMany(e => new[] { e.ErrorCode, e.Message ?? "" }),
            .. evidence.Segments.SelectMany(s => s.Renditions.SelectMany(r => new[] { r.Profile, r.Outcome.Detail, r.Sha256 }).Append(s.Outcome.Detail)),
        ];
        return Array.Exists(texts, t => t.Length > LongestText) ? $"one of its texts has more than {LongestText} characters" : null;
    }

    private static string? Numbers(TestSummary summary)
    {
        var elapsed = summary.Elapsed.Ticks / TimeSpan.TicksPerMicrosecond;
        if (summary.SegmentsSent < 0 || summary.SegmentsSent > summary.SourceSegments) return "more segments were sent than there are";
        if (summary.RoundTripsMicros.Length > summary.SegmentsSent) return "more segments came back than were sent";
        if (summary.RealTimeSegments < 0 || summary.RealTimeSegments > summary.RoundTripsMicros.Length) return "more segments came back in real time than came back";
        if (summary.RoundTripsMicros.Any(m => m <= 0)) return "a round trip took no time or less";
        if (summary.RoundTripsMicros.Any(m => m > elapsed)) return "a round trip took longer than the whole test";
        if (summary.RoundTripsMicros.Sum() != summary.Sums.RoundTripMicros) return "its round trips do not add up";
        if (summary.RoundTripsMicros.IsEmpty != (summary.Sums.DurationMicros == 0)) return "the duration of what came back contradicts what came back";
        if (summary.SegmentsReceived != summary.Sums.Received) return "it counts the renditions that came back twice, and differently";

        // So many renditions of each segment were asked for; of a segment that was not sent none can come.
        return summary.SourceSegments > 0 && summary.Sums.Received * summary.SourceSegments > summary.Sums.Expected * summary.SegmentsSent
            ? "more renditions came back than were asked for"
            : null;
    }

    private static string? Evidence(TestResult result)
    {
        var (summary, segments) = (result.Summary, result.Evidence.Segments);
        if (segments.IsEmpty) return result.Summary.SegmentsSent == 0 ? null : "segments were sent and there is no evidence of them";
        if (segments.Length != summary.SourceSegments) return "the evidence is of another number of segments";
        if (segments.Any(s => !IsTime(s.DurationMicros) || !IsTime(s.UploadMicros) || !IsTime(s.TranscodeMicros) || !IsTime(s.DownloadMicros) || !IsTime(s.RoundTripMicros) || !IsTime(s.ReadyMicros)))
            return "a segment has a time that none can have";
        var complete = segments.Where(s => s.State == SegmentState.Complete).ToImmutableArray();
        if (!complete.Select(s => s.RoundTripMicros).SequenceEqual(summary.RoundTripsMicros)) return "the evidence has other round trips";
        if (complete.Sum(s => s.DurationMicros) != summary.Sums.DurationMicros) return "the evidence has other durations";
        if (segments.Sum(s => s.Renditions.Count(r => r.Outcome.Code == OutcomeCode.Completed)) != summary.Sums.Received) return "the evidence has another number of valid renditions";
        foreach (var segment in segments.Where(s => s.State is SegmentState.Complete or SegmentState.Partial or SegmentState.Failed))
        {
            // In real time: a segment is handed over when it is ready and not before, so the test lasted at least until then.
            if (segment.ReadyMicros + segment.RoundTripMicros > summary.Elapsed.Ticks / TimeSpan.TicksPerMicrosecond) return $"segment {segment.Seq} came back after the end of the test";
        }

        return null;
    }

    private static bool IsTime(long micros) => micros is >= 0 and <= ScoreSums.Largest;
}
