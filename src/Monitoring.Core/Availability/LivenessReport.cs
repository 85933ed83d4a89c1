namespace Monitoring.Core;

/// <summary>
/// What a region's liveness loop saw since its last report. Transitions are reported at once, all else in a summary every 5 minutes. A check
/// that failed while the region's own network was not well is no evidence and is not in it.
/// </summary>
public sealed record LivenessReport
{
    /// <summary>The most checks of one report; a region that has more sends several.</summary>
    public const int MostChecks = 4_096;

    /// <summary>The checks, oldest first, at most <see cref="MostChecks"/>.</summary>
    public ImmutableArray<LivenessCheck> Checks { get; init; } = [];

    /// <summary>Whether the region's controls answered when they were last tried; null where it has none, or none were tried since the last report.</summary>
    public bool? ControlsWell { get; init; }

    /// <summary>What makes the report unusable, in words for the one who sent it, or null. Whoever takes one from outside asks this first.</summary>
    /// <param name="now">The hub's instant, UTC.</param>
    public string? Problem(DateTimeOffset now)
    {
        if (Checks.IsDefault) return "checks is missing";
        if (Checks.Length > MostChecks) return $"{Checks.Length} checks in one report; at most {MostChecks} are taken";
        for (var i = 0; i < Checks.Length; i++)
        {
            var check = Checks[i];
            if (check.At > now + ClockTolerance) return $"check {i} lies in the future: {check.At:O}; set the region's clock";
            if (OutcomeCodes.ClassOf(check.Code) is OutcomeClass.Void or OutcomeClass.NotRun) return $"check {i} says {check.Code}, which is no evidence; leave it out";
        }

        return null;
    }

    /// <summary>How far a region's clock may be ahead of the hub's. 5 s.</summary>
    public static TimeSpan ClockTolerance { get; } = TimeSpan.FromSeconds(5);
}
