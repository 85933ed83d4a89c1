using Monitoring.Core;

namespace Monitoring.Probing;

/// <summary>How a region's liveness loop works.</summary>
public sealed record LivenessOptions
{
    /// <summary>The region that this process measures from.</summary>
    public required RegionId Region { get; init; }

    /// <summary>Checks at once. 8: a check is one small call, so that many disturb no measurement beside them.</summary>
    public int AtOnce { get; init; } = 8;

    /// <summary>How often checks that changed nothing are told. 5 min.</summary>
    public TimeSpan SummaryEvery { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>So many untold checks are told at once. 1,000.</summary>
    public int SummaryAt { get; init; } = 1_000;

    /// <summary>The most checks that are kept while the hub is away; the oldest go. 50,000.</summary>
    public int MostKept { get; init; } = 50_000;

    /// <summary>The longest wait of one call for orders. 20 s.</summary>
    public TimeSpan OrdersWait { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The first wait after a call to the hub failed; it doubles up to a minute. 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);
}
