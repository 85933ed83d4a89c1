using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>Turns what the streams saw into the result of the test: pure, from the evidence alone (design sections 5 and 6).</summary>
internal static class TestVerdict
{
    /// <summary>Judges a test.</summary>
    /// <param name="job">What was tested.</param>
    /// <param name="method">How.</param>
    /// <param name="streams">What each stream saw, at least one.</param>
    /// <param name="spend">What it cost.</param>
    /// <param name="startedAt">When discovery began, UTC.</param>
    /// <param name="elapsed">From then to the end.</param>
    /// <param name="lateLimit">Beyond it a hand-over voids the test as overload.</param>
    public static TestResult Of(
        TestJob job, string method, ImmutableArray<StreamReport> streams, Spend spend, DateTimeOffset startedAt, TimeSpan elapsed,
        TimeSpan lateLimit)
    {
        var segments = streams.SelectMany(stream => stream.Segments).ToImmutableArray();
        var complete = segments.Where(segment => segment.State == SegmentState.Complete).ToImmutableArray();
        var received = segments.Sum(Received);
        var expected = segments.Length * RenditionProfile.StreamTest.Length;
        var sums = new ScoreSums(
            received, expected, complete.Sum(segment => segment.DurationMicros), complete.Sum(segment => segment.RoundTripMicros));
        var first = streams[0].Discovery;
        return new TestResult
        {
            Id = job.Id,
            Orchestrator = job.Orchestrator,
            Region = job.Region,
            PlannedAt = job.NotBefore,
            Outcome = OutcomeOf(streams, segments, sums, lateLimit),
            Summary = new TestSummary
            {
                StartedAt = startedAt,
                Elapsed = elapsed,
                Method = method,
                Sums = sums,
                Averages = new LegacyAverages(
                    (double)received / expected,
                    Seconds(segments, segment => segment.DurationMicros),
                    Seconds(complete, segment => segment.RoundTripMicros)),
                SourceSegments = segments.Length,
                RealTimeSegments = complete.Count(segment => segment.RoundTripMicros <= segment.DurationMicros),
                SegmentsSent = segments.Count(WasSent),
                SegmentsReceived = received,
                UploadTime = Seconds(complete, segment => segment.UploadMicros),
                DownloadTime = Seconds(complete, segment => segment.DownloadMicros),
                TranscodeTime = Seconds(complete, segment => segment.TranscodeMicros),
                RoundTripsMicros = [.. complete.Select(segment => segment.RoundTripMicros)],
                Errors = Errors(streams, segments),
                ServiceUri = job.ServiceUri,
                Version = streams.Select(stream => stream.Discovery.Version).FirstOrDefault(version => version.Length > 0) ?? "",
                BytesUp = segments.Where(WasSent).Sum(segment => (long)segment.Bytes),
                Spend = spend,
                BytesDown = segments.Sum(segment => segment.Renditions.Sum(rendition => (long)rendition.Bytes)),
            },
            Evidence = new TestEvidence
            {
                DialledAddress = first.DialledAddress,
                DiscoveryMicros = first.Session is null && !first.Alive ? 0 : first.Elapsed.Ticks / TimeSpan.TicksPerMicrosecond,
                Transcoder = Outcome.Clean(first.Session?.Transcoder),
                CertificateSha256 = first.CertificateSha256,
                Price = first.Session?.PriceText ?? "",
                Segments = segments,
            },
        };
    }

    private static Outcome OutcomeOf(
        ImmutableArray<StreamReport> streams, ImmutableArray<SegmentEvidence> segments, ScoreSums sums, TimeSpan lateLimit)
    {
        // Ours before anything else: a test that we disturbed says nothing, good or bad.
        var causes = streams.Select(stream => stream.Discovery.Outcome).Concat(segments.Select(segment => segment.Outcome)).ToImmutableArray();
        if (causes.FirstOrDefault(cause => cause.Code == OutcomeCode.OurShutdown) is { Code: OutcomeCode.OurShutdown } stopped) return stopped;
        if (causes.FirstOrDefault(cause => cause.Class == OutcomeClass.Void) is { Class: OutcomeClass.Void } ours) return ours;
        // A cap of ours is nobody's fault, unless something else was somebody's.
        if (causes.FirstOrDefault(cause => cause.Code == OutcomeCode.SpendCap) is { Code: OutcomeCode.SpendCap } capped
            && causes.All(cause => cause.Class is not OutcomeClass.Fault || cause.Code == OutcomeCode.Dropped))
        {
            return capped;
        }

        var latest = segments.MaxBy(segment => segment.LateMicros)!;
        if (latest.LateMicros > lateLimit.Ticks / TimeSpan.TicksPerMicrosecond)
        {
            return new Outcome(
                OutcomeCode.OurOverload,
                $"segment {latest.Seq} of stream {latest.Stream} was handed over {latest.LateMicros / 1000} ms late: "
                + "give the region fewer workers or more cores");
        }

        if (sums.Received == sums.Expected) return new Outcome(OutcomeCode.Completed);
        var dominant = Dominant(streams, segments);
        return sums.Received == 0
            ? dominant
            : new Outcome(OutcomeCode.Partial, Outcome.Clean($"{sums.Received} of {sums.Expected} renditions; most often {dominant}"));
    }

    /// <summary>
    /// The most frequent reason among streams without a session and segments that were sent, the earliest of equals; "dropped" only where
    /// all that were sent came back, since it follows from another segment's trouble. What excuses counts only where nothing else was seen:
    /// one "capped" among faults is no excuse.
    /// </summary>
    private static Outcome Dominant(ImmutableArray<StreamReport> streams, ImmutableArray<SegmentEvidence> segments)
    {
        var reasons = streams.Select(stream => stream.Discovery.Outcome)
            .Concat(segments.Where(WasSent).Select(segment => segment.Outcome))
            .Where(outcome => outcome.Code != OutcomeCode.Completed)
            .ToImmutableArray();
        if (reasons.Length == 0) reasons = [segments.First(segment => segment.State != SegmentState.Complete).Outcome];
        var faults = reasons.Where(reason => reason.Class != OutcomeClass.Excluded).ToImmutableArray();
        return (faults.Length > 0 ? faults : reasons).GroupBy(reason => reason.Code).MaxBy(group => group.Count())!.First();
    }

    private static ImmutableArray<ErrorCount> Errors(ImmutableArray<StreamReport> streams, ImmutableArray<SegmentEvidence> segments) =>
    [
        .. streams.Where(stream => stream.Discovery.Session is null).Select(stream => stream.Discovery.Outcome)
            .Concat(segments.Where(segment => segment.State is not (SegmentState.Complete or SegmentState.NotSent)).Select(segment => segment.Outcome))
            .GroupBy(outcome => outcome.Code)
            .Select(group => new ErrorCount(group.Key.ToString(), group.First().Detail is { Length: > 0 } detail ? detail : null, group.Count())),
    ];

    private static bool WasSent(SegmentEvidence segment) => segment.State is SegmentState.Complete or SegmentState.Partial or SegmentState.Failed;

    private static int Received(SegmentEvidence segment) => segment.Renditions.Count(rendition => rendition.Outcome.Code == OutcomeCode.Completed);

    private static double Seconds(ImmutableArray<SegmentEvidence> segments, Func<SegmentEvidence, long> micros) =>
        segments.Length == 0 ? 0 : segments.Average(segment => micros(segment) / 1e6);
}
