using Monitoring.Standalone.Configuration;

namespace Monitoring.Standalone.Run;

/// <summary>How a region tests.</summary>
/// <param name="Workers">Tests at once.</param>
/// <param name="Controls">Outside hosts that must always answer.</param>
/// <param name="Tests">What a test sends.</param>
/// <param name="AllowLoopback">Addresses of this machine may be dialled.</param>
internal sealed record RegionSetup(int Workers, ImmutableArray<Uri> Controls, TestOptions Tests, bool AllowLoopback)
{
    /// <summary>The most results that wait in the spool.</summary>
    public int SpoolItems { get; init; } = 10_000;

    /// <summary>The setup of the regions in the process of the hub.</summary>
    public static RegionSetup Of(MonitorOptions options) => new(options.Region.Workers, options.Region.Controls, options.Tests, options.Source.AllowLoopback);
}
