namespace Monitoring.Core;

/// <summary>The rules of the house that can be configured. Every default is the design's.</summary>
public sealed record Policy
{
    /// <summary>How often and from where.</summary>
    public required SchedulePolicy Schedule { get; init; }

    /// <summary>How a window becomes scores.</summary>
    public ScoringMethod Scoring { get; init; } = ScoringMethod.Sums;

    /// <summary>Length of the window. 24 h.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long before its planned instant a test is queued for its region. 5 min.</summary>
    public TimeSpan QueueAhead { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>No job is leased longer than this before its planned instant (<see cref="RegionQueue.Lease"/>). 30 s.</summary>
    public TimeSpan LeaseAhead { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long after the region's own deadline the decider still waits for the report before it says "not run". 5 min.</summary>
    public TimeSpan ReportGrace { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How far back tests that were due while nobody looked are still given an outcome. 48 h.</summary>
    public TimeSpan CatchUp { get; init; } = TimeSpan.FromHours(48);

    /// <summary>How long after the end of the plan's day a late result still replaces "not run". 24 h.</summary>
    public TimeSpan LateResult { get; init; } = TimeSpan.FromHours(24);

    /// <summary>After so long nothing about a test changes any more: the rest of its day, and what a result may be late.</summary>
    public TimeSpan Final => TimeSpan.FromDays(1) + LateResult;

    /// <summary>So many of the last tests of a region may be excused as capped. 2.</summary>
    public int CappedExcused { get; init; } = 2;

    /// <summary>The number of last tests looked at for that. 8.</summary>
    public int CappedOf { get; init; } = 8;

    /// <summary>How long zeros stay published on the strength of the latest evidence. 30 days.</summary>
    public TimeSpan ZeroFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long the last value is held when it is us who measured nothing. 7 days.</summary>
    public TimeSpan HoldFor { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The longest announced maintenance that is excused, one window a calendar month. 24 h.</summary>
    public TimeSpan MaintenanceLimit { get; init; } = TimeSpan.FromHours(24);

    /// <summary>When an orchestrator is down, and what else is an incident.</summary>
    public AvailabilityPolicy Availability { get; init; } = new();

    /// <summary>The rule for capped tests: it looks back at most twice as far as so many tests take by plan.</summary>
    public CappedRule Capped => new(CappedExcused, CappedOf, TimeSpan.FromTicks(2L * CappedOf * (TimeSpan.TicksPerDay / Schedule.TestsPerDay)));
}
