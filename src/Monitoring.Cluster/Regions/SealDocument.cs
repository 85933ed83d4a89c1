namespace Monitoring.Cluster.Regions;

/// <summary>The secret of the seals as it is stored.</summary>
internal sealed record SealDocument
{
    /// <summary>The schema that this program writes.</summary>
    public const int Current = 1;

    public int Schema { get; init; }

    /// <summary>The secret in hexadecimal; empty until it is drawn.</summary>
    public string Secret { get; init; } = "";
}
