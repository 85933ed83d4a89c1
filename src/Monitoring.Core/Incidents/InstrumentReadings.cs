namespace Monitoring.Core;

/// <summary>What the host reads off the instrument itself.</summary>
public sealed record InstrumentReadings
{
    /// <summary>Our regions, and when a process of each last asked for work, UTC; the host's start where none did yet.</summary>
    public ImmutableArray<RegionReading> Regions { get; init; } = [];

    /// <summary>Anomalies that last or are remembered, of tests and of liveness.</summary>
    public ImmutableArray<AnomalySpan> Anomalies { get; init; } = [];

    /// <summary>Planned tests of the last 24 hours, over all cells of ours.</summary>
    public long Planned { get; init; }

    /// <summary>Those of them that count.</summary>
    public long Counted { get; init; }

    /// <summary>Since when something is known that the published snapshot does not show, UTC; null when it shows all.</summary>
    public DateTimeOffset? UnpublishedSince { get; init; }

    /// <summary>What is wrong with the money, in our words; empty when all is well, null where nothing is paid or nothing is known.</summary>
    public string? Funds { get; init; }

    /// <summary>What is wrong with the chain's endpoints; empty when all is well, null where there are none or nothing is known.</summary>
    public string? Chain { get; init; }
}

/// <summary>What is known of a region's processes.</summary>
/// <param name="Region">The region.</param>
/// <param name="LastAsked">When one of them last asked for work, UTC.</param>
public readonly record struct RegionReading(RegionId Region, DateTimeOffset LastAsked);
