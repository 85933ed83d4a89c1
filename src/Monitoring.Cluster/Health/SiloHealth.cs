using Monitoring.Cluster.Hosting;
using Monitoring.Core;

namespace Monitoring.Cluster.Health;

/// <summary>The regions' health as one silo knows it: asked for when it is older than <see cref="HubRules.HealthEvery"/>, and told when it changes.</summary>
internal sealed class SiloHealth(IGrainFactory grains, HubRules rules)
{
    private RegionHealthView _view = RegionHealthView.Well;
    private long _askedAt;

    /// <summary>What is known now.</summary>
    public async ValueTask<RegionHealthView> ViewAsync(DateTimeOffset now)
    {
        var askedAt = Interlocked.Read(ref _askedAt);
        if (askedAt != 0 && now.UtcTicks - askedAt < rules.HealthEvery.Ticks) return Volatile.Read(ref _view);

        // One asks for all; the others go on with what is known.
        if (askedAt != 0 && Interlocked.CompareExchange(ref _askedAt, now.UtcTicks, askedAt) != askedAt) return Volatile.Read(ref _view);
        var view = await grains.GetGrain<IRegionHealthGrain>(0).View();
        Interlocked.Exchange(ref _askedAt, now.UtcTicks);
        Learn(view);
        return view;
    }

    /// <summary>Takes over what the grain says.</summary>
    public void Learn(RegionHealthView view) => Volatile.Write(ref _view, view);
}
