using Monitoring.Core;

namespace Monitoring.Cluster.Regions;

/// <summary>The seal of leases on one hub silo: the secret is asked for once.</summary>
internal sealed class SiloSeal(IGrainFactory grains)
{
    private LeaseSeal? _seal;

    /// <summary>The seal.</summary>
    public async ValueTask<LeaseSeal> LoadAsync()
    {
        if (Volatile.Read(ref _seal) is { } known) return known;
        var seal = new LeaseSeal(await grains.GetGrain<ISealGrain>(0).Secret());
        Volatile.Write(ref _seal, seal);
        return seal;
    }
}
