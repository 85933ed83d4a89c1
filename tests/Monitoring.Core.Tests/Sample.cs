namespace Monitoring.Core.Tests;

/// <summary>Ids, summaries and revisions as the tests need them; every value is a plain default that a test may replace.</summary>
internal static class Sample
{
    public static readonly RegionId Mdw = RegionId.Parse("MDW");
    public static readonly RegionId Fra = RegionId.Parse("FRA");
    public static readonly RegionId Sin = RegionId.Parse("SIN");

    /// <summary>A day in the middle of a month, so that nothing else begins with it.</summary>
    public static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public static readonly OrchestratorId Someone = Orchestrator(0xaa);

    public static readonly SchedulePolicy Schedule = new() { Regions = [Fra, Mdw, Sin] };

    public static readonly Policy Policy = new() { Schedule = Schedule };

    public static readonly Policy Legacy = Policy with { Scoring = ScoringMethod.LeaderboardServerless };

    public static string Method => TestMethod.StreamTest("clip1", 15, 1);

    public static OrchestratorId Orchestrator(int number) => OrchestratorId.Parse("0x" + number.ToString("x40", null));

    public static OrchestratorRecord Record(string host = "one.example", int index = 0, int count = 1) =>
        new($"https://{host}:8935", true, new SlotShare($"{host}:8935", index, count));

    public static TimeSpan Hours(double hours) => TimeSpan.FromHours(hours);

    public static TimeSpan Days(double days) => TimeSpan.FromDays(days);

    /// <summary>A test of 15 segments of 2 s and 4 renditions, of which so many segments came back in <paramref name="roundTrip"/> seconds each.</summary>
    public static TestSummary Summary(int complete, double roundTrip = 1, string? method = null) => new()
    {
        StartedAt = Noon,
        Method = method ?? Method,
        Sums = new ScoreSums(complete * 4, 60, complete * 2_000_000L, (long)(complete * roundTrip * 1_000_000)),
        Averages = new LegacyAverages(complete / 15.0, 2, complete == 0 ? 0 : roundTrip),
        SourceSegments = 15,
        RealTimeSegments = roundTrip <= 2 ? complete : 0,
        SegmentsSent = 15,
        SegmentsReceived = complete * 4,
        RoundTripsMicros = [.. Enumerable.Repeat((long)(roundTrip * 1_000_000), complete)],
    };

    public static TestSummary SummaryOf(OutcomeCode code) => code switch
    {
        OutcomeCode.Completed => Summary(15),
        OutcomeCode.Partial => Summary(9),
        _ => Summary(0),
    };

    public static OutcomeRevision Revision(DateTimeOffset at, OutcomeCode code, int? revision = null, RegionId? region = null, TestSummary? summary = null) => new()
    {
        Test = TestId.Parse(at.UtcDateTime.ToString("'t-'yyyyMMddHHmmssfffffff", null)),
        Revision = revision ?? (OutcomeCodes.ClassOf(code) == OutcomeClass.NotRun ? OutcomeRevision.NotRun : OutcomeRevision.Measured),
        Orchestrator = Someone,
        Region = region ?? Mdw,
        TestTime = at,
        RecordedAt = at + TimeSpan.FromMinutes(1),
        Outcome = new Outcome(code),
        Summary = summary ?? (OutcomeCodes.ClassOf(code) == OutcomeClass.NotRun ? null : SummaryOf(code)),
    };

    public static WindowEntry Entry(DateTimeOffset at, OutcomeCode code, int? revision = null, TestSummary? summary = null) =>
        WindowEntry.Of(Revision(at, code, revision, summary: summary));

    public static Window WindowOf(params (DateTimeOffset At, OutcomeCode Code)[] tests) => Window.Of(tests.Select(t => Entry(t.At, t.Code)));

    public static Cell CellOf(params (DateTimeOffset At, OutcomeCode Code)[] tests) => new() { Region = Mdw, Window = WindowOf(tests) };
}
