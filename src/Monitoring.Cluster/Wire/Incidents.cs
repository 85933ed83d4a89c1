using System.Text.Json;
using Monitoring.Core;

namespace Monitoring.Cluster.Wire;

/// <summary>A <see cref="Notification"/> between silos, as JSON.</summary>
[GenerateSerializer]
[Alias("monitoring.notification")]
[Immutable]
internal struct NotificationWire
{
    [Id(0)]
    public byte[] Json;
}

/// <summary>How one orchestrator stands in the eyes of the regions, between silos; the phase by its name.</summary>
[GenerateSerializer]
[Alias("monitoring.orchestrator-standing")]
[Immutable]
internal sealed class OrchestratorStanding
{
    /// <summary>In the active set.</summary>
    [Id(0)]
    public required bool Active { get; init; }

    [Id(1)]
    public required string Phase { get; init; }

    /// <summary>Where it does not answer, in order of the regions' codes.</summary>
    [Id(2)]
    public ImmutableArray<FailingSightWire> Failing { get; init; } = [];

    /// <summary>No region hears it, and the regions may be at fault themselves (<see cref="AvailabilityState.Unheard"/>).</summary>
    [Id(3)]
    public bool Unheard { get; init; }

    public static OrchestratorStanding Of(OrchestratorState state) => new()
    {
        Active = state.Active,
        Phase = state.Availability.Phase.ToString(),
        Unheard = state.Availability.Unheard,
        Failing = state is { Active: true, Availability.Maintenance: false }
            ? [.. state.Availability.Sights.Where(s => s.Failures > 0).Select(s => new FailingSightWire { Region = s.Region, Failures = s.Failures })]
            : [],
    };

    /// <summary>True when nothing differs.</summary>
    public bool Same(OrchestratorStanding? other) => other is not null && Active == other.Active && Phase == other.Phase && Unheard == other.Unheard && Failing.SequenceEqual(other.Failing);

    /// <summary>The phase; up where a newer silo says something that this one does not know.</summary>
    public AvailabilityPhase PhaseOf() => Enum.TryParse<AvailabilityPhase>(Phase, out var phase) ? phase : AvailabilityPhase.Up;
}

/// <summary>A region in which an orchestrator does not answer.</summary>
[GenerateSerializer]
[Alias("monitoring.failing-sight")]
[Immutable]
internal record struct FailingSightWire
{
    [Id(0)]
    public RegionId Region;

    /// <summary>Checks in a row that failed, 1 and up.</summary>
    [Id(1)]
    public int Failures;
}

[RegisterConverter]
internal sealed class NotificationConverter : IConverter<Notification, NotificationWire>
{
    public Notification ConvertFromSurrogate(in NotificationWire surrogate) =>
        JsonSerializer.Deserialize<Notification>(surrogate.Json) ?? throw new JsonException("The notification is null.");

    public NotificationWire ConvertToSurrogate(in Notification value) => new() { Json = JsonSerializer.SerializeToUtf8Bytes(value) };
}
