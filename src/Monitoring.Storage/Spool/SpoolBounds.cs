namespace Monitoring.Storage;

/// <summary>How much a spool takes. Results of several days fit: a result with its evidence is about 20 kB.</summary>
public sealed record SpoolBounds
{
    /// <summary>Most items; default 10,000.</summary>
    public int Items { get; init; } = 10_000;

    /// <summary>Most bytes of all items; default 512 MiB.</summary>
    public long Bytes { get; init; } = 512L << 20;
}
