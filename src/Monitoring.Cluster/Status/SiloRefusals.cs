using Monitoring.Cluster.Health;
using Monitoring.Core;
using Monitoring.Web;

namespace Monitoring.Cluster.Status;

/// <summary>
/// What the endpoints of this silo refused of regions, counted and told to the grain of the regions' health with the next pull, so that every hub
/// shows the same and a stranger costs no grain call.
/// </summary>
internal sealed class SiloRefusals(IGrainFactory grains) : IRegionRefusals, ISiloView
{
    /// <summary>Regions by any name that are counted between two pulls; whoever is not one of ours is dropped by the grain.</summary>
    private const int Most = 100;

    private readonly Lock _lock = new();
    private Dictionary<(RegionId Region, RefusalKind Kind), (long Count, string Reason)> _counts = [];

    /// <inheritdoc />
    public void Refused(RegionId region, RefusalKind kind, string reason)
    {
        lock (_lock)
        {
            if (_counts.Count >= Most && !_counts.ContainsKey((region, kind))) return;
            _counts[(region, kind)] = (_counts.GetValueOrDefault((region, kind)).Count + 1, reason);
        }
    }

    /// <inheritdoc />
    public async Task PullAsync()
    {
        Dictionary<(RegionId Region, RefusalKind Kind), (long Count, string Reason)> counts;
        lock (_lock) (counts, _counts) = (_counts, []);
        foreach (var ((region, kind), (count, reason)) in counts) await grains.GetGrain<IRegionHealthGrain>(0).Refused(region, kind.ToString(), count, reason);
    }
}
