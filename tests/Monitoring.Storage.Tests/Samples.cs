using Monitoring.Core;

namespace Monitoring.Storage.Tests;

/// <summary>Results to store.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    public static readonly RegionId Mdw = RegionId.Parse("MDW");
    public static readonly RegionId Fra = RegionId.Parse("FRA");
    public static readonly string Method = TestMethod.StreamTest("clip1", 15, 1);

    public static OrchestratorId Orchestrator(int number) => OrchestratorId.Parse($"0x{number:x40}");

    public static OutcomeRevision Revision(
        string test, DateTimeOffset? time = null, int revision = OutcomeRevision.Measured, int orchestrator = 1, RegionId? region = null,
        OutcomeCode code = OutcomeCode.Completed, ScoreSums? sums = null, string detail = "") => new()
    {
        Test = TestId.Parse(test),
        Revision = revision,
        Orchestrator = Orchestrator(orchestrator),
        Region = region ?? Mdw,
        TestTime = time ?? Noon,
        RecordedAt = (time ?? Noon).AddSeconds(40),
        Outcome = new Outcome(code, detail),
        Summary = OutcomeCodes.ClassOf(code) == OutcomeClass.NotRun ? null : Summary(time ?? Noon, sums ?? new ScoreSums(60, 60, 30_000_000, 4_000_000)),
    };

    public static TestSummary Summary(DateTimeOffset time, ScoreSums sums) => new()
    {
        StartedAt = time.AddTicks(1_234_567),
        Elapsed = TimeSpan.FromTicks(314_159_265),
        Method = Method,
        Sums = sums,
        Averages = new LegacyAverages(0.9833333333333333, 2.0, 0.2675),
        SourceSegments = 15,
        RealTimeSegments = 14,
        SegmentsSent = 15,
        SegmentsReceived = 59,
        UploadTime = 0.1,
        DownloadTime = 0.05,
        TranscodeTime = 0.1175,
        RoundTripsMicros = [250_000, 285_000],
        Errors = [new ErrorCount("Dropped", null, 1), new ErrorCount("ServerError", "", 2)],
        ServiceUri = "https://192.0.2.7:8935",
        Version = "0.8.1-ünïcode <&>",
        BytesUp = 9_876_543_210,
        BytesDown = 12,
    };

    public static TestEvidence Evidence(string mark) => new()
    {
        DialledAddress = "192.0.2.7:8935",
        DiscoveryMicros = 41_000,
        Transcoder = mark,
        CertificateSha256 = new string('c', 64),
        Price = "1200/1",
        Segments =
        [
            new SegmentEvidence
            {
                Seq = 0, State = SegmentState.Partial, Outcome = new Outcome(OutcomeCode.WrongSize, "240p0"), DurationMicros = 2_000_000, Bytes = 510_000,
                ReadyMicros = 0, LateMicros = 12, UploadMicros = 90_000, TranscodeMicros = 110_000, DownloadMicros = 50_000, RoundTripMicros = 250_000,
                StockGatewayWouldGiveUp = true, Status = 200,
                Renditions = [new RenditionEvidence("240p0", new Outcome(OutcomeCode.WrongSize, "426x238"), 40_000, 21_000, 426, 238, 2_000_000, new string('a', 64))],
            },
            new SegmentEvidence { Stream = 1, Seq = 1, State = SegmentState.NotSent, Outcome = new Outcome(OutcomeCode.Dropped) },
        ],
    };

    public static async Task<List<OutcomeRevision>> AllAsync(IResultStore store, bool lastOnly = false) => await ListAsync(store.ReadAsync(
        new ResultQuery { From = DateTimeOffset.MinValue, Until = DateTimeOffset.MaxValue, LastOnly = lastOnly }, TestContext.Current.CancellationToken));

    public static async Task<List<T>> ListAsync<T>(IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items) list.Add(item);
        return list;
    }

    public static string Name(OutcomeRevision revision) => $"{revision.Test}/{revision.Revision}";
}
