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

    /// <summary>The port on 127.0.0.1, 1 to 65535; 0 (the default) lets the system choose.</summary>
    public int Port { get; init; }
}
