using Monitoring.Core;

namespace Monitoring.Probing;

/// <summary>How a region works.</summary>
public sealed record RegionWorkerOptions
{
    /// <summary>The region that this process measures from.</summary>
    public required RegionId Region { get; init; }

    /// <summary>Tests at once. 16.</summary>
    public int Workers { get; init; } = 16;

    /// <summary>True where nobody pays for the tests. False.</summary>
    public bool Unpaid { get; init; }

    /// <summary>The longest wait of one lease call. 20 s.</summary>
    public TimeSpan LeaseWait { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Asked to stop, tests that run are given so long to end by themselves. 0: they are cut short at once and void.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.Zero;

    /// <summary>Asked to stop, results that are spooled are given so long to be reported; what is left stays spooled. 10 s.</summary>
    public TimeSpan FlushGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The first wait after a call to the hub failed; it doubles up to a minute. 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);
}
