namespace Monitoring.Core;

/// <summary>How a window becomes scores (<c>Scoring:Method</c>).</summary>
public enum ScoringMethod
{
    /// <summary>Exact sums: a ratio of totals, in which a failed test can never improve latency. The default.</summary>
    Sums,

    /// <summary>The old server's averages over test rows, defects included, for whoever migrates.</summary>
    LeaderboardServerless,
}
