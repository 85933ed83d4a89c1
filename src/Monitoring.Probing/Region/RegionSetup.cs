using Monitoring.Livepeer;

namespace Monitoring.Probing;

/// <summary>How a region tests.</summary>
/// <param name="Workers">Tests at once.</param>
/// <param name="Controls">Outside hosts that must always answer.</param>
/// <param name="Tests">What a test sends.</param>
/// <param name="AllowLoopback">Addresses of this machine may be dialled.</param>
public sealed record RegionSetup(int Workers, ImmutableArray<Uri> Controls, TestOptions Tests, bool AllowLoopback)
{
    /// <summary>The most results that wait in the spool.</summary>
    public int SpoolItems { get; init; } = 10_000;
}
