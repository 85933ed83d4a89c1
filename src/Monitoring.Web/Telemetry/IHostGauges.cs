using System.Diagnostics.Metrics;

namespace Monitoring.Web;

/// <summary>What a part of the host shows of itself as gauges: a wallet, an outbox. Any number of parts may be registered.</summary>
public interface IHostGauges
{
    /// <summary>The gauges; asked for once.</summary>
    ImmutableArray<HostGauge> Gauges { get; }
}

/// <summary>One gauge of a part of the host.</summary>
/// <param name="Name">Its name, with dots and without a unit.</param>
/// <param name="Unit">Its unit, a UCUM code.</param>
/// <param name="Description">What it means, in one sentence.</param>
/// <param name="Read">Its values now; none where nothing is known. It costs little, never blocks and never throws.</param>
public sealed record HostGauge(string Name, string Unit, string Description, Func<IEnumerable<Measurement<double>>> Read)
{
    /// <summary>A gauge of one value, or of none while it is not known.</summary>
    public static HostGauge Of(string name, string unit, string description, Func<double?> read) =>
        new(name, unit, description, () => read() is { } value ? [new Measurement<double>(value)] : []);
}
