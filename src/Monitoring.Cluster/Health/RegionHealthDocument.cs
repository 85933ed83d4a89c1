using Monitoring.Core;

namespace Monitoring.Cluster.Health;

/// <summary>The regions' health as it is stored: the anomalies that last or are remembered.</summary>
internal sealed record RegionHealthDocument
{
    /// <summary>The schema that this program writes.</summary>
    public const int Current = 1;

    public int Schema { get; init; }

    public ImmutableArray<AnomalySpan> Anomalies { get; init; } = [];

    /// <summary>Those of what regions see of life; empty in a document of a program that did not check it.</summary>
    public ImmutableArray<AnomalySpan> LivenessAnomalies { get; init; } = [];
}
