using Monitoring.Core;
using Orleans.Concurrency;

namespace Monitoring.Cluster.Registry;

/// <summary>Who is in the active set, and since when. Key 0.</summary>
[Alias("monitoring.registry")]
internal interface IRegistryGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Somebody walked the source. What follows is written down when it completes; every orchestrator that it concerns is told before that, or, where
    /// there are many, soon after.
    /// </summary>
    /// <param name="listed">Whom the source lists.</param>
    /// <param name="own">True where the operator wrote the list: it is believed at once, however much it changes. A hub of the version before does not say.</param>
    /// <returns>Members of the active set now; unchanged while a surprising walk waits to be confirmed.</returns>
    [Alias("Walk")]
    [ResponseTimeout("00:02:00")]
    Task<int> Walk(ImmutableArray<RegistryEntryWire> listed, bool own = false);

    /// <summary>Everybody of a score shard who may have something published.</summary>
    [Alias("Known")]
    [AlwaysInterleave]
    Task<ImmutableArray<OrchestratorId>> Known(int shard);

    /// <summary>The active set, if it changed since.</summary>
    /// <param name="known">What the caller has: <see cref="ActiveSet.Version"/>; 0 for nothing.</param>
    /// <param name="life">Of which life of the grain that is (<see cref="ActiveSet.Life"/>); 0 of a caller that wants all or nothing.</param>
    /// <returns>Null when nothing changed.</returns>
    [Alias("Active")]
    [AlwaysInterleave]
    Task<ActiveSet?> Active(long known, long life = 0);

    /// <summary>True for whoever is, or lately was, enrolled.</summary>
    [Alias("Knows")]
    [AlwaysInterleave]
    Task<bool> Knows(OrchestratorId orchestrator);

    /// <summary>An orchestrator is known from posted results alone.</summary>
    /// <returns>False when there are too many of those.</returns>
    [Alias("NotePosted")]
    Task<bool> NotePosted(OrchestratorId orchestrator);
}

/// <summary>The active set as it is tested now, or what changed of it.</summary>
[GenerateSerializer]
[Alias("monitoring.active-set")]
[Immutable]
internal sealed class ActiveSet
{
    /// <summary>Changes with every change, over activations too.</summary>
    [Id(0)]
    public required long Version { get; init; }

    /// <summary>In order of address.</summary>
    [Id(1)]
    public required ImmutableArray<RegistryEntryWire> Entries { get; init; }

    /// <summary>The version that the entries are the changes from; 0 when they are all.</summary>
    [Id(2)]
    public long Since { get; init; }

    /// <summary>Who is not in it any more, in order; empty when the entries are all.</summary>
    [Id(3)]
    public ImmutableArray<OrchestratorId> Gone { get; init; } = [];

    /// <summary>Which life of the registry's grain it is of; versions of another one do not join.</summary>
    [Id(4)]
    public long Life { get; init; }
}

/// <summary>A <see cref="RegistryEntry"/> between silos.</summary>
[GenerateSerializer]
[Alias("monitoring.registry-entry")]
[Immutable]
internal sealed class RegistryEntryWire
{
    [Id(0)]
    public required OrchestratorId Id { get; init; }

    [Id(1)]
    public required string ServiceUri { get; init; }

    [Id(2)]
    public required bool Verified { get; init; }

    /// <summary>Starts and ends of announced maintenance, in turn.</summary>
    [Id(3)]
    public ImmutableArray<DateTimeOffset> Maintenance { get; init; } = [];

    /// <summary>True when another says the same.</summary>
    public bool IsSame(RegistryEntryWire other) =>
        Id == other.Id && ServiceUri == other.ServiceUri && Verified == other.Verified && Maintenance.AsSpan().SequenceEqual(other.Maintenance.AsSpan());

    public static RegistryEntryWire Of(RegistryEntry entry) => new()
    {
        Id = entry.Id,
        ServiceUri = entry.ServiceUri,
        Verified = entry.Verified,
        Maintenance = [.. entry.Maintenance.SelectMany(m => new[] { m.From, m.Until })],
    };

    public RegistryEntry To() => new(Id, ServiceUri, Verified)
    {
        Maintenance = [.. Maintenance.Chunk(2).Select(m => new MaintenanceWindow(m[0], m[1]))],
    };
}
