namespace Monitoring.Core.Tests.Regions;

public sealed class ReportRuleTests
{
    private static readonly DateTimeOffset LeasedAt = new(2026, 11, 20, 11, 59, 45, TimeSpan.Zero);
    private static readonly DateTimeOffset PlannedAt = LeasedAt.AddSeconds(15);
    private static readonly SealedLease Lease = new(LeasedAt, PlannedAt.AddSeconds(29), PlannedAt.AddSeconds(89));
    private static readonly DateTimeOffset Now = PlannedAt.AddSeconds(40);

    private static RenditionEvidence Rendition { get; } = new("P240p30fps16x9", new Outcome(OutcomeCode.Completed), 1000, 1, 426, 240, 2_000_000, "");

    /// <summary>Three segments: two came back, one failed.</summary>
    private static TestResult True { get; } = new()
    {
        Id = TestId.Planned(new DateOnly(2026, 11, 20), 1, RegionId.Parse("FRA"), OrchestratorId.Parse($"0x{1:x40}")),
        Orchestrator = OrchestratorId.Parse($"0x{1:x40}"),
        Region = RegionId.Parse("FRA"),
        PlannedAt = PlannedAt,
        Outcome = new Outcome(OutcomeCode.Partial),
        Summary = new TestSummary
        {
            StartedAt = PlannedAt.AddMilliseconds(3),
            Elapsed = TimeSpan.FromSeconds(7),
            Method = "stream1/clip1/3seg/1str",
            Sums = new ScoreSums(8, 12, 4_000_000, 1_500_000),
            Averages = new LegacyAverages(8 / 12.0, 2, 0.75),
            SourceSegments = 3,
            SegmentsSent = 3,
            SegmentsReceived = 8,
            RealTimeSegments = 2,
            RoundTripsMicros = [700_000, 800_000],
        },
        Evidence = new TestEvidence { Segments = [Segment(0, SegmentState.Complete, 700_000), Segment(1, SegmentState.Failed, 0), Segment(2, SegmentState.Complete, 800_000)] },
    };

    [Fact]
    public void What_can_be_true_is_believed() => Assert.Null(Judge(True));

    [Fact]
    public void A_test_that_found_nobody_is_believed() => Assert.Null(Judge(True with
    {
        Outcome = new Outcome(OutcomeCode.Unreachable),
        Summary = True.Summary with { Elapsed = TimeSpan.FromSeconds(2), Sums = new ScoreSums(0, 12, 0, 0), SegmentsSent = 0, SegmentsReceived = 0, RealTimeSegments = 0, RoundTripsMicros = [] },
        Evidence = new TestEvidence { Segments = [Segment(0, SegmentState.NotSent, 0), Segment(1, SegmentState.NotSent, 0), Segment(2, SegmentState.NotSent, 0)] },
    }));

    public static TheoryData<string, Func<TestResult, TestResult>> Lies => new()
    {
        { "posted", r => r with { Summary = r.Summary with { Posted = new PostedDetail() } } },
        { "before it was leased", r => r with { PlannedAt = LeasedAt.AddSeconds(-60), Summary = r.Summary with { StartedAt = LeasedAt.AddSeconds(-5.1) } } },
        { "before its planned instant", r => r with { Summary = r.Summary with { StartedAt = PlannedAt.AddSeconds(-5.1) } } },
        { "after the last instant", r => r with { Summary = r.Summary with { StartedAt = Lease.NotAfter.AddSeconds(5.1) } } },
        { "after it was reported", r => r with { Summary = r.Summary with { Elapsed = TimeSpan.FromSeconds(45.1) } } },
        { "longer than its deadline", r => r with { Summary = r.Summary with { Elapsed = TimeSpan.FromMinutes(5) } } },
        { "longer than its deadline", r => r with { Summary = r.Summary with { Elapsed = TimeSpan.MaxValue } } },
        { "less than no time", r => r with { Summary = r.Summary with { Elapsed = TimeSpan.FromTicks(-1) } } },
        { "sums are not possible", r => r with { Summary = r.Summary with { Sums = r.Summary.Sums with { Received = 13 } } } },
        { "sums are not possible", r => r with { Summary = r.Summary with { Sums = r.Summary.Sums with { RoundTripMicros = -1 } } } },
        { "more segments were sent", r => r with { Summary = r.Summary with { SegmentsSent = 4 } } },
        { "more segments came back than were sent", r => r with { Summary = r.Summary with { SegmentsSent = 1 } } },
        { "in real time", r => r with { Summary = r.Summary with { RealTimeSegments = 3 } } },
        { "no time or less", r => r with { Summary = r.Summary with { RoundTripsMicros = [1_500_001, -1] } } },
        { "no time or less", r => r with { Summary = r.Summary with { RoundTripsMicros = [1_500_000, 0] } } },
        { "longer than the whole test", r => r with { Summary = r.Summary with { Elapsed = TimeSpan.FromSeconds(0.75) } } },
        { "do not add up", r => r with { Summary = r.Summary with { Sums = r.Summary.Sums with { RoundTripMicros = 1_000_000 } } } },
        { "duration of what came back", r => r with { Summary = r.Summary with { Sums = r.Summary.Sums with { DurationMicros = 0 } } } },
        { "twice, and differently", r => r with { Summary = r.Summary with { SegmentsReceived = 9 } } },
        { "more renditions", r => r with { Summary = r.Summary with { SegmentsSent = 2, SegmentsReceived = 9, Sums = r.Summary.Sums with { Received = 9 } } } },
        { "no evidence", r => r with { Evidence = TestEvidence.None } },
        { "another number of segments", r => With(r, [.. r.Evidence.Segments, Segment(3, SegmentState.Failed, 0)]) },
        { "other round trips", r => With(r, r.Evidence.Segments.SetItem(0, Segment(0, SegmentState.Complete, 600_000))) },
        { "other durations", r => r with { Summary = r.Summary with { Sums = r.Summary.Sums with { DurationMicros = 40_000_000 } } } },
        { "valid renditions", r => With(r, r.Evidence.Segments.SetItem(0, Segment(0, SegmentState.Complete, 700_000) with { Renditions = [] })) },
        { "none can have", r => With(r, r.Evidence.Segments.SetItem(1, Segment(1, SegmentState.Failed, 0) with { UploadMicros = -1 })) },
        { "none can have", r => With(r, r.Evidence.Segments.SetItem(1, Segment(1, SegmentState.Failed, 0) with { DurationMicros = long.MaxValue })) },

        // In real time the third segment is not ready before 4 s.
        { "after the end of the test", r => r with { Summary = r.Summary with { Elapsed = TimeSpan.FromSeconds(4.7) } } },
        { "segments", r => With(r, [.. Enumerable.Range(0, 500).Select(i => Segment(i, SegmentState.Failed, 0))]) },
        { "renditions", r => With(r, r.Evidence.Segments.SetItem(0, Segment(0, SegmentState.Complete, 700_000) with { Renditions = [.. Enumerable.Repeat(Rendition, 100)] })) },
        { "characters", r => r with { Summary = r.Summary with { Version = new string('x', 2_000) } } },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void What_cannot_be_true_is_not_believed(string why, Func<TestResult, TestResult> lie) => Assert.Contains(why, Judge(lie(True)), StringComparison.Ordinal);

    [Fact]
    public void A_void_result_says_that_nothing_is_to_be_believed_of_it_its_clock_included() => Assert.Null(Judge(True with
    {
        Outcome = new Outcome(OutcomeCode.OurClock), Summary = True.Summary with { StartedAt = LeasedAt.AddHours(-3) }, Evidence = TestEvidence.None,
    }));

    [Fact]
    public void A_seal_opens_for_the_result_it_was_made_for_and_for_no_other()
    {
        var seal = new LeaseSeal(new byte[LeaseSeal.SecretLength]);
        var job = seal.Seal(
            new TestJob
            {
                Id = True.Id, Orchestrator = True.Orchestrator, Region = True.Region, ServiceUri = "", NotBefore = True.PlannedAt, NotAfter = Lease.NotAfter, Deadline = Lease.Deadline,
            },
            LeasedAt);
        var result = True with { Lease = job.Lease };
        Assert.Equal(Lease, seal.Open(result));
        Assert.Equal(Lease, new LeaseSeal(new byte[LeaseSeal.SecretLength]).Open(result));

        Assert.Null(seal.Open(True));
        Assert.Null(seal.Open(result with { Id = TestId.Planned(new DateOnly(2026, 11, 20), 2, result.Region, result.Orchestrator) }));
        Assert.Null(seal.Open(result with { Region = RegionId.Parse("MDW") }));
        Assert.Null(seal.Open(result with { Orchestrator = OrchestratorId.Parse($"0x{2:x40}") }));
        Assert.Null(seal.Open(result with { PlannedAt = result.PlannedAt.AddMilliseconds(1) }));
        Assert.Null(seal.Open(result with { Lease = "0" + job.Lease }));
        Assert.Null(seal.Open(result with { Lease = job.Lease[..^1] }));
        Assert.Null(seal.Open(result with { Lease = new string('-', 200) }));
        Assert.Null(new LeaseSeal([.. Enumerable.Repeat((byte)1, LeaseSeal.SecretLength)]).Open(result));
    }

    private static SegmentEvidence Segment(int seq, SegmentState state, long roundTrip) => new()
    {
        Seq = seq,
        State = state,
        Outcome = new Outcome(state == SegmentState.Complete ? OutcomeCode.Completed : OutcomeCode.ResultTimedOut),
        DurationMicros = 2_000_000,
        ReadyMicros = seq * 2_000_000L,
        RoundTripMicros = roundTrip,
        Renditions = state == SegmentState.Complete ? [Rendition, Rendition, Rendition, Rendition] : [],
    };

    private static TestResult With(TestResult result, ImmutableArray<SegmentEvidence> segments) => result with { Evidence = result.Evidence with { Segments = segments } };

    private static string? Judge(TestResult result) => ReportRule.Impossible(result, Lease, Now);
}
