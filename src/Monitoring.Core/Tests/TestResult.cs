namespace Monitoring.Core;

/// <summary>What a region reports of one test: the verdict by its own evidence, the summary, and the evidence itself.</summary>
public sealed record TestResult
{
    /// <summary>The test.</summary>
    public required TestId Id { get; init; }

    /// <summary>The orchestrator tested.</summary>
    public required OrchestratorId Orchestrator { get; init; }

    /// <summary>The region that tested it.</summary>
    public required RegionId Region { get; init; }

    /// <summary>The instant of the plan, UTC: the test's time in every window.</summary>
    public required DateTimeOffset PlannedAt { get; init; }

    /// <summary>The region's verdict. The hub may still judge otherwise (persistently capped, anomaly, maintenance).</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>The numbers. Zero sums (with the expected renditions) where nothing came back.</summary>
    public required TestSummary Summary { get; init; }

    /// <summary>What was seen, segment by segment.</summary>
    public TestEvidence Evidence { get; init; } = TestEvidence.None;

    /// <summary>The seal of the job (<see cref="TestJob.Lease"/>), as it came.</summary>
    public string Lease { get; init; } = "";
}
