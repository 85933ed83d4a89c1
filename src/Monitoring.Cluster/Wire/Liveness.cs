using Monitoring.Core;

namespace Monitoring.Cluster.Wire;

/// <summary>A <see cref="LivenessCheck"/> between silos; the code by its name.</summary>
[GenerateSerializer]
[Alias("monitoring.liveness-check")]
[Immutable]
internal struct LivenessCheckWire
{
    [Id(0)]
    public OrchestratorId Orchestrator;

    [Id(1)]
    public DateTimeOffset At;

    [Id(2)]
    public bool Alive;

    [Id(3)]
    public string Code;

    public static LivenessCheckWire Of(LivenessCheck check) => new() { Orchestrator = check.Orchestrator, At = check.At, Alive = check.Alive, Code = check.Code.ToString() };

    public readonly LivenessCheck To() => new(Orchestrator, At, Alive, Enum.Parse<OutcomeCode>(Code));
}

/// <summary>A <see cref="LivenessReport"/> between silos.</summary>
[GenerateSerializer]
[Alias("monitoring.liveness-report")]
[Immutable]
internal struct LivenessReportWire
{
    [Id(0)]
    public ImmutableArray<LivenessCheckWire> Checks;

    [Id(1)]
    public bool? ControlsWell;
}

/// <summary><see cref="LivenessOrders"/> between silos.</summary>
[GenerateSerializer]
[Alias("monitoring.liveness-orders")]
[Immutable]
internal struct LivenessOrdersWire
{
    [Id(0)]
    public long Version;

    /// <summary>Default where the region has this version already.</summary>
    [Id(1)]
    public ImmutableArray<LivenessTargetWire> Targets;

    [Id(2)]
    public ImmutableArray<OrchestratorId> CheckNow;

    [Id(3)]
    public TimeSpan Every;

    [Id(4)]
    public TimeSpan Shift;
}

/// <summary>A <see cref="LivenessTarget"/> between silos.</summary>
[GenerateSerializer]
[Alias("monitoring.liveness-target")]
[Immutable]
internal struct LivenessTargetWire
{
    [Id(0)]
    public OrchestratorId Orchestrator;

    [Id(1)]
    public string ServiceUri;
}

/// <summary><see cref="RegionVitals"/> between silos; the fault by the name of its code.</summary>
[GenerateSerializer]
[Alias("monitoring.region-vitals")]
[Immutable]
internal struct RegionVitalsWire
{
    [Id(0)]
    public string Software;

    [Id(1)]
    public DateTimeOffset StartedAt;

    [Id(2)]
    public int Workers;

    [Id(3)]
    public int Busy;

    [Id(4)]
    public int Spooled;

    [Id(5)]
    public bool SpoolIsFull;

    [Id(6)]
    public string? Fault;

    [Id(7)]
    public string Detail;

    [Id(8)]
    public TimeSpan? ClockOffset;

    [Id(9)]
    public ImmutableArray<string> Alarms;
}

[RegisterConverter]
internal sealed class LivenessReportConverter : IConverter<LivenessReport, LivenessReportWire>
{
    public LivenessReport ConvertFromSurrogate(in LivenessReportWire surrogate) => new() { Checks = [.. surrogate.Checks.Select(c => c.To())], ControlsWell = surrogate.ControlsWell };

    public LivenessReportWire ConvertToSurrogate(in LivenessReport value) => new() { Checks = [.. value.Checks.Select(LivenessCheckWire.Of)], ControlsWell = value.ControlsWell };
}

[RegisterConverter]
internal sealed class LivenessOrdersConverter : IConverter<LivenessOrders, LivenessOrdersWire>
{
    public LivenessOrders ConvertFromSurrogate(in LivenessOrdersWire surrogate) => new()
    {
        Version = surrogate.Version,
        Targets = surrogate.Targets.IsDefault ? null : [.. surrogate.Targets.Select(t => new LivenessTarget(t.Orchestrator, t.ServiceUri))],
        CheckNow = surrogate.CheckNow,
        Every = surrogate.Every,
        Shift = surrogate.Shift,
    };

    public LivenessOrdersWire ConvertToSurrogate(in LivenessOrders value) => new()
    {
        Version = value.Version,
        Targets = value.Targets is { } targets ? [.. targets.Select(t => new LivenessTargetWire { Orchestrator = t.Orchestrator, ServiceUri = t.ServiceUri })] : default,
        CheckNow = value.CheckNow,
        Every = value.Every,
        Shift = value.Shift,
    };
}

[RegisterConverter]
internal sealed class RegionVitalsConverter : IConverter<RegionVitals, RegionVitalsWire>
{
    public RegionVitals ConvertFromSurrogate(in RegionVitalsWire surrogate) => new()
    {
        Software = surrogate.Software,
        StartedAt = surrogate.StartedAt,
        Workers = surrogate.Workers,
        Busy = surrogate.Busy,
        Spooled = surrogate.Spooled,
        SpoolIsFull = surrogate.SpoolIsFull,
        Fault = surrogate.Fault is { } code ? Enum.Parse<OutcomeCode>(code) : null,
        Detail = surrogate.Detail,
        ClockOffset = surrogate.ClockOffset,
        Alarms = surrogate.Alarms,
    };

    public RegionVitalsWire ConvertToSurrogate(in RegionVitals value) => new()
    {
        Software = value.Software,
        StartedAt = value.StartedAt,
        Workers = value.Workers,
        Busy = value.Busy,
        Spooled = value.Spooled,
        SpoolIsFull = value.SpoolIsFull,
        Fault = value.Fault?.ToString(),
        Detail = value.Detail,
        ClockOffset = value.ClockOffset,
        Alarms = value.Alarms,
    };
}
