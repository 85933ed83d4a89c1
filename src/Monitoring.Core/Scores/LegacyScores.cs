namespace Monitoring.Core;

/// <summary>
/// The old server's formulas (leaderboard-serverless; leaderboard reference A.5 and A.6), exactly: plain averages over test rows, whatever
/// they hold. Kept for whoever migrates (<see cref="ScoringMethod.LeaderboardServerless"/>) and for AI results, which are only ever posted.
/// </summary>
public static class LegacyScores
{
    private const double AiSuccessWeight = 0.65;
    private const double AiRoundTripWeight = 0.35;
    private const double ScoreAtMedian = 0.8;

    /// <summary>
    /// Averages of success rate, segment duration and round trip over the rows; the latency score from the ratio of the last two. A failed
    /// test posts a round trip of 0 and so raises the latency score: the known defect of this method.
    /// </summary>
    public static Scores Transcoding(IEnumerable<LegacyAverages> rows)
    {
        double success = 0, duration = 0, roundTrip = 0;
        var n = 0;
        foreach (var row in rows)
        {
            success += row.SuccessRate;
            duration += row.SegDuration;
            roundTrip += row.RoundTripTime;
            n++;
        }

        if (n == 0) return Scores.Zero;
        var rate = success / n;
        var ratio = roundTrip == 0 ? 0 : duration / n / (roundTrip / n);
        var latency = 1 - Math.Exp(-ratio);
        return new Scores(rate, latency, rate * latency);
    }

    /// <summary>
    /// The AI formula: latency 0.8 at the network's median, 1 at zero, 0.64 at twice the median; total 0.65 success + 0.35 latency, and 0
    /// where nothing succeeded. Where there is no median (no perfect row in the window) the latency score is 0, never NaN.
    /// </summary>
    /// <param name="success">Average success rate, 0 to 1.</param>
    /// <param name="roundTrip">Average round trip, seconds.</param>
    /// <param name="median">Median round trip of the network, seconds; 0 when there is none.</param>
    public static Scores Ai(double success, double roundTrip, double median)
    {
        // The quotient is infinite for a vanishing median, and times a round trip of zero it would be NaN.
        var latency = median > 0 && roundTrip >= 0 ? roundTrip == 0 ? 1 : Math.Exp(Math.Log(ScoreAtMedian) / median * roundTrip) : 0;
        return new Scores(success, latency, success == 0 ? 0 : (AiSuccessWeight * success) + (AiRoundTripWeight * latency));
    }

    /// <summary>
    /// The interpolated median (PostgreSQL's <c>percentile_cont(0.5)</c>) of the round trips of rows with a round trip other than 0 and a
    /// success rate of exactly 1; 0 when there are none.
    /// </summary>
    public static double MedianRoundTrip(IEnumerable<LegacyAverages> rows)
    {
        var times = rows.Where(r => r.RoundTripTime != 0 && r.SuccessRate == 1).Select(r => r.RoundTripTime).Order().ToArray();
        if (times.Length == 0) return 0;
        var middle = (times.Length - 1) / 2;
        return times.Length % 2 == 1 ? times[middle] : times[middle] + (0.5 * (times[middle + 1] - times[middle]));
    }
}
