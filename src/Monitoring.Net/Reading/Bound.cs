namespace Monitoring.Net;

/// <summary>Which limit of a read was passed.</summary>
public enum Bound
{
    /// <summary>More bytes came than <see cref="BodyLimits.MaximumBytes"/>.</summary>
    TooLarge,

    /// <summary>Bytes came more slowly than <see cref="BodyLimits.MinimumBytesPerSecond"/>.</summary>
    TooSlow,

    /// <summary>The end did not come within <see cref="BodyLimits.Timeout"/>.</summary>
    TimedOut,
}
