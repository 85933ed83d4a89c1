using Monitoring.Cluster.Status;
using Monitoring.Core;
using Monitoring.Web;

namespace Monitoring.Cluster.Registry;

/// <summary>The active set as one hub silo knows it, and the stake where the host has a source of it.</summary>
internal sealed class SiloEnrolment(IGrainFactory grains, IStakeSource? stake = null) : IOrchestratorBook, ISiloView
{
    private Set _set = new(0, 0, ImmutableDictionary<OrchestratorId, RegistryEntry>.Empty);

    /// <inheritdoc />
    public ImmutableDictionary<OrchestratorId, RegistryEntry> Enrolled => Volatile.Read(ref _set).Entries;

    /// <inheritdoc />
    public StakeBook? Stake => stake?.Stake;

    /// <inheritdoc />
    public async Task PullAsync()
    {
        var known = Volatile.Read(ref _set);
        if (await grains.GetGrain<IRegistryGrain>(0).Active(known.Version, known.Life) is not { } newer) return;
        var entries = newer.Since == 0
            ? newer.Entries.Select(e => e.To()).ToImmutableDictionary(e => e.Id)
            : known.Entries.SetItems(newer.Entries.Select(e => KeyValuePair.Create(e.Id, e.To()))).RemoveRange(newer.Gone);
        Volatile.Write(ref _set, new Set(newer.Version, newer.Life, entries));
    }

    private sealed record Set(long Version, long Life, ImmutableDictionary<OrchestratorId, RegistryEntry> Entries);
}

/// <summary>What a host that reads the chain tells of the pool's stake. A host without a chain registers none.</summary>
internal interface IStakeSource
{
    /// <summary>The stake as it was read last; null before that. Reading it costs nothing.</summary>
    StakeBook? Stake { get; }
}
