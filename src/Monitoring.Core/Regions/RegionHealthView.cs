namespace Monitoring.Core;

/// <summary>What the decider may know of the regions.</summary>
/// <param name="Stale">Regions whose processes have not asked for work for a while.</param>
/// <param name="Anomalies">Spans of time whose results are void, per region.</param>
public sealed record RegionHealthView(ImmutableHashSet<RegionId> Stale, ImmutableArray<AnomalySpan> Anomalies)
{
    /// <summary>All is well.</summary>
    public static RegionHealthView Well { get; } = new([], []);

    /// <summary>Spans of time whose liveness checks are void beside those of <see cref="Anomalies"/>: most of them failed in one region alone.</summary>
    public ImmutableArray<AnomalySpan> Muted { get; init; } = [];

    /// <summary>True when what the region saw of life at an instant is no evidence.</summary>
    public bool IsMuted(RegionId region, DateTimeOffset at)
    {
        foreach (var span in Muted)
        {
            if (span.Region == region && span.Covers(at)) return true;
        }

        return Covering(region, at) is not null;
    }

    /// <summary>The anomaly that covers a test, or null.</summary>
    public AnomalySpan? Covering(RegionId region, DateTimeOffset testTime)
    {
        foreach (var span in Anomalies)
        {
            if (span.Region == region && span.Covers(testTime)) return span;
        }

        return null;
    }
}

/// <summary>A span of time in which a region's results are not to be trusted.</summary>
/// <param name="Region">The region.</param>
/// <param name="From">First instant, UTC, inclusive.</param>
/// <param name="Until">Last instant, UTC, inclusive; null while it lasts.</param>
/// <param name="Reason">What was seen, in our words.</param>
public sealed record AnomalySpan(RegionId Region, DateTimeOffset From, DateTimeOffset? Until, string Reason)
{
    /// <summary>True when a test of this time falls in it.</summary>
    public bool Covers(DateTimeOffset testTime) => testTime >= From && (Until is not { } until || testTime <= until);
}
