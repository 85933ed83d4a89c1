using Monitoring.Core;

namespace Monitoring.Simulator;

/// <summary>One node of a fleet.</summary>
public sealed record NodeOptions
{
    /// <summary>Unique in its fleet.</summary>
    public required string Name { get; init; }

    /// <summary>What it does at first; it can change at run time.</summary>
    public required Behaviour Behaviour { get; init; }

    /// <summary>Its distance: waited before every request is looked at. Default none.</summary>
    public TimeSpan Distance { get; init; }

    /// <summary>Open transcoding sessions above which new ones are refused, as <c>-maxSessions</c>. Default 10.</summary>
    public int MaxSessions { get; init; } = 10;

    /// <summary>
    /// Wei per output pixel in an on-chain fleet, 0 or more, before the cost of redemption is added; neither number of the fraction may exceed
    /// 10^12. Default 700, stated as 707. A behaviour with a price of its own overrides it.
    /// </summary>
    public Rational Price { get; init; } = 700;

    /// <summary>The port, 1 to 65535; 0 (the default) lets the system choose.</summary>
    public int Port { get; init; }

    /// <summary>A throw-away key of 32 bytes; null for the one that belongs to the place in the fleet.</summary>
    internal ImmutableArray<byte>? PrivateKey { get; init; }
}
