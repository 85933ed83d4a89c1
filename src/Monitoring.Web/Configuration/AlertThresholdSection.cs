using Monitoring.Alerting;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>Reads <c>Alerts:Thresholds</c>.</summary>
/// <param name="keys">The settings.</param>
public sealed class AlertThresholdSection(KeyReader keys)
{
    private const string Section = "Alerts:Thresholds:";
    private const double CoverageMargin = 0.05;

    /// <summary>The section. An incident ends a little beyond the threshold that began it, so that it does not come and go.</summary>
    public AlertThresholds Read()
    {
        var (orchestrators, instrument) = AlertThresholds.Default;

        // A window knows a day's tests as they were two days ago, and no test that is older than three: no rule can look back further.
        var drop = keys.Fraction(Section + "ScoreDrop", orchestrators.Slide, 0.05, 1);
        var dropHours = keys.Number(Section + "ScoreHours", (int)orchestrators.SlideWithin.TotalHours, 1, 48);
        var untestedHours = keys.Number(Section + "UntestedHours", (int)orchestrators.NotTestedFor.TotalHours, 1, 72);
        var realTime = keys.Fraction(Section + "RealTimeRate", orchestrators.RealTimeRate, 0.5, 1);
        var coverage = keys.Fraction(Section + "Coverage", instrument.Coverage, 0.05, 1);
        return new AlertThresholds(
            orchestrators with
            {
                Slide = drop,
                SlideWithin = TimeSpan.FromHours(dropHours),
                NotTestedFor = TimeSpan.FromHours(untestedHours),
                RealTimeRate = realTime,
                RealTimeRateAgain = (1 + realTime) / 2,
            },
            instrument with
            {
                Coverage = coverage,
                CoverageAgain = Math.Min(1, coverage + CoverageMargin),
                StaleFor = TimeSpan.FromMinutes(keys.Number(Section + "StaleMinutes", (int)instrument.StaleFor.TotalMinutes, 1, 1440)),
                SnapshotLag = TimeSpan.FromMinutes(keys.Number(Section + "SnapshotMinutes", (int)instrument.SnapshotLag.TotalMinutes, 1, 1440)),
            });
    }
}
