namespace Monitoring.Net;

/// <summary>The limits of one read to the end of a stream.</summary>
public sealed record BodyLimits
{
    /// <summary>The most bytes that are accepted, 0 to 2,000,000,000. A body of exactly this size passes.</summary>
    public required long MaximumBytes { get; init; }

    /// <summary>The most time from the call to the end of the stream; must be positive.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>
    /// The least average rate since the call, in bytes per second, that is tolerated once <see cref="Grace"/> has passed: after t seconds at
    /// least (t - grace) x rate bytes must have come. 0, the default, is no such limit.
    /// </summary>
    public long MinimumBytesPerSecond { get; init; }

    /// <summary>The time at the start that the rate does not count. Default 1 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(1);
}
