using Monitoring.Core;

namespace Monitoring.Cluster.Wire;

/// <summary>A <see cref="RegionHealthView"/> between silos.</summary>
[GenerateSerializer]
[Alias("monitoring.region-health-view")]
[Immutable]
internal struct RegionHealthWire
{
    [Id(0)]
    public ImmutableArray<RegionId> Stale;

    [Id(1)]
    public ImmutableArray<AnomalySpan> Anomalies;

    /// <summary>Spans whose liveness checks are void; default where the sender does not know of any.</summary>
    [Id(2)]
    public ImmutableArray<AnomalySpan> Muted;
}

/// <summary>An <see cref="AnomalySpan"/> between silos.</summary>
[GenerateSerializer]
[Alias("monitoring.anomaly")]
[Immutable]
internal struct AnomalyWire
{
    [Id(0)]
    public RegionId Region;

    [Id(1)]
    public DateTimeOffset From;

    [Id(2)]
    public DateTimeOffset? Until;

    [Id(3)]
    public string Reason;
}

/// <summary>What an orchestrator's decider wants to know: what else a region saw between two instants, UTC.</summary>
[GenerateSerializer]
[Alias("monitoring.witness-question")]
[Immutable]
internal record struct WitnessQuestion
{
    [Id(0)]
    public RegionId Region;

    [Id(1)]
    public DateTimeOffset Since;

    [Id(2)]
    public DateTimeOffset Until;
}

/// <summary>A <see cref="RegionWitness"/> between silos.</summary>
[GenerateSerializer]
[Alias("monitoring.region-witness")]
[Immutable]
internal struct RegionWitnessWire
{
    [Id(0)]
    public int Answered;

    [Id(1)]
    public int Failed;

    [Id(2)]
    public int Later;

    [Id(3)]
    public bool ControlsWell;
}

[RegisterConverter]
internal sealed class RegionWitnessConverter : IConverter<RegionWitness, RegionWitnessWire>
{
    public RegionWitness ConvertFromSurrogate(in RegionWitnessWire surrogate) => new(surrogate.Answered, surrogate.Failed, surrogate.Later, surrogate.ControlsWell);

    public RegionWitnessWire ConvertToSurrogate(in RegionWitness value) => new() { Answered = value.Answered, Failed = value.Failed, Later = value.Later, ControlsWell = value.ControlsWell };
}

[RegisterConverter]
internal sealed class RegionHealthConverter : IConverter<RegionHealthView, RegionHealthWire>
{
    public RegionHealthView ConvertFromSurrogate(in RegionHealthWire surrogate) =>
        new([.. surrogate.Stale], surrogate.Anomalies) { Muted = surrogate.Muted.IsDefault ? [] : surrogate.Muted };

    public RegionHealthWire ConvertToSurrogate(in RegionHealthView value) => new() { Stale = [.. value.Stale.Order()], Anomalies = value.Anomalies, Muted = value.Muted };
}

[RegisterConverter]
internal sealed class AnomalyConverter : IConverter<AnomalySpan, AnomalyWire>
{
    public AnomalySpan ConvertFromSurrogate(in AnomalyWire surrogate) => new(surrogate.Region, surrogate.From, surrogate.Until, surrogate.Reason);

    public AnomalyWire ConvertToSurrogate(in AnomalySpan value) => new() { Region = value.Region, From = value.From, Until = value.Until, Reason = value.Reason };
}
