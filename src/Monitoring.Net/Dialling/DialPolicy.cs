namespace Monitoring.Net;

/// <summary>What the dialer may do, beyond dialling public addresses.</summary>
public sealed record DialPolicy
{
    /// <summary>
    /// Whether 127.0.0.0/8 and ::1 may be dialled. Off by default; on only for the simulated network, which lives on loopback.
    /// No setting admits any other blocked range.
    /// </summary>
    public bool AllowLoopback { get; init; }

    /// <summary>The limit of one dial, name resolution and every address it tries together. Default 2 s; must be positive.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);
}
