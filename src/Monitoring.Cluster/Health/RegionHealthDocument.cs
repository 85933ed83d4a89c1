using Monitoring.Core;

namespace Monitoring.Cluster.Health;

/// <summary>The regions' health as it is stored: the anomalies that last or are remembered.</summary>
internal sealed record RegionHealthDocument
{
    /// <summary>The schema that this program writes.</summary>
    public const int Current = 1;

    public int Schema { get; init; }

    public ImmutableArray<AnomalySpan> Anomalies { get; init; } = [];
}
