using Monitoring.Core;

namespace Monitoring.Standalone.Tests.PostTo;

/// <summary>Measured results to post.</summary>
internal static class Measured
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public static OutcomeRevision Result(int number, OutcomeCode code = OutcomeCode.Partial)
    {
        var orchestrator = OrchestratorId.Parse($"0x{number:x40}");
        var region = RegionId.Parse("FRA");
        return new OutcomeRevision
        {
            Test = TestId.Planned(new DateOnly(2026, 11, 20), number % 100, region, orchestrator),
            Revision = OutcomeRevision.Measured,
            Orchestrator = orchestrator,
            Region = region,
            TestTime = Noon.AddSeconds(number),
            RecordedAt = Noon.AddSeconds(number + 40),
            Outcome = new Outcome(code),
            Summary = new TestSummary
            {
                StartedAt = Noon.AddSeconds(number),
                Method = "stream1/clip1/15seg/1str",
                Sums = new ScoreSums(45, 60, 30_000_000, 9_000_000),
                Averages = new LegacyAverages(0.75, 2.0000001, 0.6 + (number / 1000.0)),
                SourceSegments = 15,
                SegmentsSent = 15,
                SegmentsReceived = 45,
                UploadTime = 0.1,
                DownloadTime = 0.2,
                TranscodeTime = 0.3,
                Errors = [new ErrorCount("DownloadFailed", "HTTP 404 <script>", 3)],
            },
        };
    }
}
