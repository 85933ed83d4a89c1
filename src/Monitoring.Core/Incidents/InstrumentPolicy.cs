namespace Monitoring.Core;

/// <summary>When the instrument itself is worth an incident.</summary>
public sealed record InstrumentPolicy
{
    /// <summary>A region that has not asked for work for so long, beyond what makes it stale. 10 min.</summary>
    public TimeSpan StaleFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The least share of the planned tests of the last 24 hours that should count, 0 to 1. 0.8.</summary>
    public double Coverage { get; init; } = 0.8;

    /// <summary>A coverage that was low is good again from here. 0.85.</summary>
    public double CoverageAgain { get; init; } = 0.85;

    /// <summary>The fewest planned tests by which coverage is judged. 100.</summary>
    public int LeastPlanned { get; init; } = 100;

    /// <summary>A snapshot that lags behind what is known by more than this. 5 min.</summary>
    public TimeSpan SnapshotLag { get; init; } = TimeSpan.FromMinutes(5);
}
