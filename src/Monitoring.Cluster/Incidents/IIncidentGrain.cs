using Monitoring.Cluster.Wire;
using Monitoring.Core;
using Orleans.Concurrency;

namespace Monitoring.Cluster.Incidents;

/// <summary>
/// Takes what is owed to whoever must know, until the hub that tells has it, and decides the incidents of the whole network and of the
/// instrument. Key 0.
/// </summary>
[Alias("monitoring.incidents")]
internal interface IIncidentGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Takes notifications, each once by its incident's key and its sequence. Those of one incident come in the order of their sequence. When it
    /// completes they are written down, and whoever owed them may forget them.
    /// </summary>
    /// <exception cref="Storage.StorageFullException">Too many wait to be told. None was taken: owe them on.</exception>
    [Alias("Take")]
    Task Take(ImmutableArray<Notification> owed);

    /// <summary>What is to be told next, in order; empty for nothing. The same again until it is <see cref="Told"/>.</summary>
    [Alias("Next")]
    Task<ImmutableArray<Notification>> Next(int most);

    /// <summary>Whoever tells has these durably.</summary>
    [Alias("Told")]
    Task Told(ImmutableArray<Notification> told);

    /// <summary>How the network stands.</summary>
    [Alias("Network")]
    [AlwaysInterleave]
    [ResponseTimeout("00:00:02")]
    Task<NetworkStanding> Network();

    /// <summary>Looks now, instead of at the next turn of its clock.</summary>
    [Alias("Look")]
    Task Look();
}

/// <summary>How all orchestrators together stand.</summary>
[GenerateSerializer]
[Alias("monitoring.network-standing")]
[Immutable]
internal sealed class NetworkStanding
{
    /// <summary>True while so many fail at once that one incident of the network tells of them.</summary>
    [Id(0)]
    public bool Fails { get; init; }

    /// <summary>Orchestrators in the active set.</summary>
    [Id(1)]
    public int Active { get; init; }

    /// <summary>Those of them that are down by the votes of the regions.</summary>
    [Id(2)]
    public int Down { get; init; }

    /// <summary>Who does not answer where, in order of id and region.</summary>
    [Id(3)]
    public ImmutableArray<FailingWire> Failing { get; init; } = [];

    /// <summary>Notifications that wait to be told.</summary>
    [Id(4)]
    public int Waiting { get; init; }
}

/// <summary>One orchestrator that does not answer one region.</summary>
[GenerateSerializer]
[Alias("monitoring.failing")]
[Immutable]
internal struct FailingWire
{
    [Id(0)]
    public OrchestratorId Orchestrator;

    [Id(1)]
    public FailingSightWire Sight;
}
