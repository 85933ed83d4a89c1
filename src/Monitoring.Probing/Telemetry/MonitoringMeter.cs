using System.Diagnostics.Metrics;

namespace Monitoring.Probing;

/// <summary>
/// The meter of everything that the monitor says of itself and of what it measures. Units are UCUM codes; a name holds no unit. Durations
/// are seconds. Nothing here depends on who listens: without a listener a measurement costs next to nothing.
/// </summary>
public static class MonitoringMeter
{
    /// <summary>The name by which listeners ask for the meter, and for the source of spans as well.</summary>
    public const string Name = "Monitoring";

    /// <summary>The version of the meter: that of the assembly.</summary>
    public static string Version { get; } = typeof(MonitoringMeter).Assembly.GetName().Version!.ToString(3);

    /// <summary>The meter of what lives as long as the process.</summary>
    public static Meter Instance { get; } = new(Name, Version);
}
