using Monitoring.Cluster.Regions;
using Monitoring.Core;

namespace Monitoring.Cluster.Wire;

/// <summary>How a region stands with the hub, between silos.</summary>
[GenerateSerializer]
[Alias("monitoring.region-standing")]
[Immutable]
internal sealed class RegionStandingWire
{
    [Id(0)]
    public required RegionId Region { get; init; }

    /// <summary>Its queue; null when that could not be asked.</summary>
    [Id(1)]
    public QueueStanding? Queue { get; init; }

    /// <summary>What it last told of itself; null before it did.</summary>
    [Id(2)]
    public RegionVitals? Vitals { get; init; }

    /// <summary>When it told that, UTC.</summary>
    [Id(3)]
    public DateTimeOffset ToldAt { get; init; }

    /// <summary>The anomaly that lasts; null for none.</summary>
    [Id(4)]
    public AnomalySpan? Anomaly { get; init; }

    /// <summary>What was refused of it, by kind.</summary>
    [Id(5)]
    public ImmutableArray<RefusalsWire> Refused { get; init; } = [];
}

/// <summary>What was refused of one kind, between silos; the kind by its name.</summary>
[GenerateSerializer]
[Alias("monitoring.refusals")]
[Immutable]
internal record struct RefusalsWire
{
    [Id(0)]
    public string Kind;

    [Id(1)]
    public long Count;

    [Id(2)]
    public DateTimeOffset First;

    [Id(3)]
    public DateTimeOffset Last;

    [Id(4)]
    public string Reason;
}
