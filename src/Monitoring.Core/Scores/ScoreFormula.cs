namespace Monitoring.Core;

/// <summary>The scores of a window from its sums (design section 6). No input yields NaN or infinity.</summary>
public static class ScoreFormula
{
    /// <summary>
    /// <c>success_rate = R/E</c>, <c>round_trip_score = 1 - e^(-D/T)</c> (0 where T = 0), <c>score</c> their product. D and T hold only
    /// segments that came back complete, so a failed test can never improve the latency score.
    /// </summary>
    public static Scores Of(ScoreSums sums)
    {
        var success = sums.Expected <= 0 ? 0 : Math.Clamp((double)sums.Received / sums.Expected, 0, 1);
        var roundTrip = RoundTripScore(sums.DurationMicros, sums.RoundTripMicros);
        return new Scores(success, roundTrip, success * roundTrip);
    }

    /// <summary>The latency score of a duration and the round trip it took, in any one unit.</summary>
    public static double RoundTripScore(double duration, double roundTrip) =>
        roundTrip > 0 && duration > 0 ? 1 - Math.Exp(-(duration / roundTrip)) : 0;
}
