using Monitoring.Core;

namespace Monitoring.Benchmarks;

/// <summary>Results as a region would report them.</summary>
internal static class Measured
{
    private const int Segments = 15;
    private const int Renditions = 4;
    private const long SegmentMicros = 2_000_000;
    private static readonly string Method = TestMethod.StreamTest("clip1", Segments, 1);
    private static readonly string[] Profiles = ["P240p30fps16x9", "P360p30fps16x9", "P576p30fps16x9", "P720p30fps16x9"];

    /// <summary>Renditions that are expected of a test.</summary>
    public const int Expected = Segments * Renditions;

    /// <summary>A test of which so many whole segments came back.</summary>
    /// <param name="test">The test.</param>
    /// <param name="serviceUri">Where it was sent.</param>
    /// <param name="complete">Segments that came back, 0 to 15.</param>
    public static TestResult Of(PlannedTest test, string serviceUri, int complete = Segments)
    {
        var trips = Enumerable.Range(0, complete).Select(i => 700_000L + (((i * 37) + (test.At.Minute * 11)) % 60 * 10_000L)).ToImmutableArray();
        return new TestResult
        {
            Id = test.Id,
            Orchestrator = test.Orchestrator,
            Region = test.Region,
            PlannedAt = test.At,
            Outcome = new Outcome(complete == Segments ? OutcomeCode.Completed : complete > 0 ? OutcomeCode.Partial : OutcomeCode.Unreachable),
            Summary = new TestSummary
            {
                StartedAt = test.At,
                Elapsed = TimeSpan.FromSeconds(31),
                Method = Method,
                Sums = new ScoreSums(complete * Renditions, Expected, complete * SegmentMicros, trips.Sum()),
                Averages = new LegacyAverages((double)complete / Segments, 2, complete == 0 ? 0 : trips.Average() / 1e6),
                SourceSegments = Segments,
                RealTimeSegments = complete,
                SegmentsSent = Segments,
                SegmentsReceived = complete * Renditions,
                UploadTime = 0.41,
                DownloadTime = 0.22,
                TranscodeTime = 0.35,
                RoundTripsMicros = trips,
                ServiceUri = serviceUri,
                Version = "0.8.9",
                BytesUp = Segments * 530_000L,
                BytesDown = complete * 1_100_000L,
            },
            Evidence = Evidence(complete, trips),
        };
    }

    /// <summary>The revision that a hub stores of it.</summary>
    public static OutcomeRevision Revision(TestResult result) => new()
    {
        Test = result.Id,
        Revision = OutcomeRevision.Measured,
        Orchestrator = result.Orchestrator,
        Region = result.Region,
        TestTime = result.PlannedAt,
        RecordedAt = result.PlannedAt + TimeSpan.FromSeconds(35),
        Outcome = result.Outcome,
        Summary = result.Summary,
    };

    private static TestEvidence Evidence(int complete, ImmutableArray<long> trips) => new()
    {
        DialledAddress = "192.0.2.1:8935",
        DiscoveryMicros = 180_000,
        Transcoder = "https://192.0.2.1:8935",
        CertificateSha256 = new string('c', 64),
        Segments = [.. Enumerable.Range(0, Segments).Select(seq => seq < complete ? Complete(seq, trips[seq]) : Failed(seq))],
    };

    private static SegmentEvidence Complete(int seq, long trip) => new()
    {
        Seq = seq,
        State = SegmentState.Complete,
        Outcome = new Outcome(OutcomeCode.Completed),
        DurationMicros = SegmentMicros,
        Bytes = 530_000,
        ReadyMicros = seq * SegmentMicros,
        UploadMicros = trip / 2,
        TranscodeMicros = trip / 4,
        DownloadMicros = trip / 4,
        RoundTripMicros = trip,
        Status = 200,
        Renditions = [.. Profiles.Select(p => new RenditionEvidence(p, new Outcome(OutcomeCode.Completed), 275_000, trip / 4, 1280, 720, SegmentMicros, new string('a', 64)))],
    };

    private static SegmentEvidence Failed(int seq) => new()
    {
        Seq = seq,
        State = SegmentState.Failed,
        Outcome = new Outcome(OutcomeCode.Unreachable),
        DurationMicros = SegmentMicros,
        Bytes = 530_000,
        ReadyMicros = seq * SegmentMicros,
    };
}
