namespace Monitoring.Livepeer;

/// <summary>
/// How long and how much is waited for at each step of a test (design section 4, step 4). The defaults are the method: others measure
/// something else.
/// </summary>
public sealed record OrchestratorLimits
{
    /// <summary>Name, TCP and TLS, each at most this. Default 2 s, as a stock gateway's.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A whole gRPC call, connection included. Default 3 s.</summary>
    public TimeSpan Call { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>From hand-over of a segment to the response headers. Default 8 s.</summary>
    public TimeSpan Headers { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>From hand-over of a segment to the end of its result. Default 8 s.</summary>
    public TimeSpan Result { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>One rendition, connection included. Default 4 s.</summary>
    public TimeSpan Download { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>The most bytes of a result. Default 1 MiB.</summary>
    public int ResultBytes { get; init; } = 1024 * 1024;

    /// <summary>The most bytes of a gRPC answer's message. Default 4 MiB, as grpc-go's.</summary>
    public int MessageBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// The least average rate of a download after its first second, bytes per second. Default 8 KiB: far under any live stream, so that it
    /// catches a trickle and nothing that would have ended in time.
    /// </summary>
    public int MinimumDownloadRate { get; init; } = 8 * 1024;

    /// <summary>The most bytes of a rendition: four times what its bit rate makes of the duration, and 256 KiB for sound and tables.</summary>
    public static long RenditionBytes(RenditionProfile profile, TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return (long)(profile.Bitrate / 8.0 * duration.TotalSeconds * 4) + (256 * 1024);
    }

    /// <summary>When a stock gateway would give up waiting for headers: the larger of 2 s and half the duration (protocol reference, 2.6).</summary>
    public static TimeSpan StockGatewayHeaders(TimeSpan duration) => TimeSpan.FromTicks(Math.Max(TimeSpan.FromSeconds(2).Ticks, duration.Ticks / 2));
}
