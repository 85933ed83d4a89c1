namespace Monitoring.Core;

/// <summary>
/// One line of a test's append-only history. The outcome of a test is its revision with the highest number, in whatever order they arrive:
/// 0 not run (provisional), 1 measured, 2 and up judged again. The pair (test, revision) is written at most once.
/// </summary>
public sealed record OutcomeRevision
{
    /// <summary>The number of the provisional "not run".</summary>
    public const int NotRun = 0;

    /// <summary>The number of the first measured outcome.</summary>
    public const int Measured = 1;

    /// <summary>The test.</summary>
    public required TestId Test { get; init; }

    /// <summary>The revision's number.</summary>
    public required int Revision { get; init; }

    /// <summary>The orchestrator.</summary>
    public required OrchestratorId Orchestrator { get; init; }

    /// <summary>The region.</summary>
    public required RegionId Region { get; init; }

    /// <summary>
    /// The test's time, by which windows are cut, UTC: the planned instant, or the posted timestamp. All revisions of a test share it.
    /// </summary>
    public required DateTimeOffset TestTime { get; init; }

    /// <summary>When the hub recorded this revision, UTC.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>The outcome from here on.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>The numbers; null when nothing was measured (not run).</summary>
    public TestSummary? Summary { get; init; }
}
