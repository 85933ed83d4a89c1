namespace Monitoring.Core;

/// <summary>How often and from where each orchestrator is tested.</summary>
public sealed record SchedulePolicy
{
    /// <summary>Rounds a day; in each, every region tests once. 8 by default.</summary>
    public int TestsPerDay { get; init; } = 8;

    /// <summary>The regions, in order of their codes, without duplicates.</summary>
    public required ImmutableArray<RegionId> Regions { get; init; }

    /// <summary>
    /// The time kept free after each planned instant, so that tests of one orchestrator never touch: a test that starts at the last allowed
    /// moment has ended by then. 90 s by default.
    /// </summary>
    public TimeSpan Guard { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>The longest a test may take once started: connect, discovery, the clip, the last result and its downloads. 60 s by default.</summary>
    public TimeSpan TestBudget { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>One slot in so many is given up for a surprise at any free minute of the day; 0 turns surprises off. 8 by default.</summary>
    public int SurpriseOneIn { get; init; } = 8;

    /// <summary>How late a test may start: what the guard leaves after the budget, less a second for the last message.</summary>
    public TimeSpan StartTolerance => Guard - TestBudget - Margin;

    /// <summary>The least time between a region's deadline and the end of the guard.</summary>
    public static TimeSpan Margin { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Length of one slot: a day / rounds / regions.</summary>
    public TimeSpan SlotLength => TimeSpan.FromTicks(TimeSpan.TicksPerDay / TestsPerDay / Regions.Length);

    /// <summary>Everything that is wrong with the policy, in words for whoever wrote the configuration; empty when it can be kept.</summary>
    public ImmutableArray<string> Problems()
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        if (Regions.IsDefaultOrEmpty) problems.Add("Schedule: no region is configured.");
        else if (Regions.Distinct().Count() != Regions.Length) problems.Add("Schedule: a region is listed twice.");
        else if (Regions.Contains(RegionId.Global)) problems.Add("Schedule: GLOBAL is what clients compute from the regions; no test is sent from it.");
        if (TestsPerDay is < 1 or > 2880) problems.Add($"Schedule:TestsPerDay is {TestsPerDay}; 1 to 2880 are possible.");
        if (SurpriseOneIn < 0) problems.Add($"Schedule:SurpriseOneIn is {SurpriseOneIn}; 0 (never) or more is possible.");
        if (TestBudget <= TimeSpan.Zero) problems.Add("Schedule:TestBudget must be longer than nothing.");
        if (StartTolerance < TimeSpan.Zero) problems.Add($"Schedule:Guard ({Guard.TotalSeconds} s) leaves no time after the test budget ({TestBudget.TotalSeconds} s) and {Margin.TotalSeconds} s of margin.");
        if (problems.Count == 0 && SlotLength < Guard)
        {
            problems.Add($"Schedule: {TestsPerDay} tests a day from {Regions.Length} regions leave slots of {SlotLength.TotalSeconds:0} s, shorter than the guard of {Guard.TotalSeconds} s. Test less often or from fewer regions.");
        }

        return problems.ToImmutable();
    }
}
