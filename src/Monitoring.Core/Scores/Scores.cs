namespace Monitoring.Core;

/// <summary>The three published numbers.</summary>
/// <param name="SuccessRate">Renditions received and valid / expected, 0 to 1.</param>
/// <param name="RoundTripScore">The latency score, 0 to 1; above 1 - 1/e = 0.632 is faster than real time.</param>
/// <param name="Total">Their product (transcoding) or weighted sum (AI), 0 to 1.</param>
public readonly record struct Scores(double SuccessRate, double RoundTripScore, double Total)
{
    /// <summary>Nothing worked.</summary>
    public static Scores Zero { get; } = new(0, 0, 0);
}
