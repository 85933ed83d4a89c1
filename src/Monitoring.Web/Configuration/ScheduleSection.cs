using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>Reads <c>Schedule</c>: how often, and from which regions, everybody is tested.</summary>
/// <param name="keys">The settings.</param>
public sealed class ScheduleSection(KeyReader keys)
{
    // A segment of the clip lasts 2 s. Around the clip a test may take 3 s for discovery, 8 s for the last result, 4 s for its renditions and
    // 3 s to end the session (design section 4, step 4); an orchestrator that uses them all must not run into its next test.
    private const int SegmentSeconds = 2;
    private const int AroundTheClipSeconds = 18;

    /// <summary>The section.</summary>
    /// <param name="regions">The regions that test.</param>
    /// <param name="segments">Segments that a test sends.</param>
    /// <param name="simulated">True for a network on this machine, which is tested far more often unless something else is set.</param>
    public SchedulePolicy Read(ImmutableArray<RegionId> regions, int segments, bool simulated)
    {
        var before = keys.ProblemCount;
        var schedule = new SchedulePolicy
        {
            TestsPerDay = keys.Number("Schedule:TestsPerDay", simulated ? 800 : 8, 1, 2880),
            Guard = TimeSpan.FromSeconds(keys.Number("Schedule:GuardSeconds", simulated ? 32 : 90, 2, 3600)),
            TestBudget = TimeSpan.FromSeconds(keys.Number("Schedule:TestBudgetSeconds", simulated ? 28 : 60, 1, 3600)),
            SurpriseOneIn = keys.Number("Schedule:SurpriseOneIn", 8, 0, 1_000_000),
            Regions = regions,
        };
        if (keys.ProblemCount > before || regions.IsEmpty) return schedule;
        foreach (var problem in schedule.Problems())
        {
            // The core names a property and its text; here a key stands for it.
            var space = problem.IndexOf(' ', StringComparison.Ordinal);
            var (key, text) = problem[..space].EndsWith(':') ? (problem[..(space - 1)], problem[(space + 1)..]) : (problem[..space] + "Seconds", problem);
            keys.Problem(key, text);
        }

        var needed = (segments * SegmentSeconds) + AroundTheClipSeconds;
        if (schedule.TestBudget.TotalSeconds < needed)
            keys.Problem("Schedule:TestBudgetSeconds", $"{schedule.TestBudget.TotalSeconds} s is too short for {segments} segments in real time, discovery and the last result; at least {needed} is expected.");
        return schedule;
    }
}
