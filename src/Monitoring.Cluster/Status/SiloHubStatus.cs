using Monitoring.Cluster.Health;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Incidents;
using Monitoring.Cluster.Wire;
using Monitoring.Core;
using Monitoring.Web;

namespace Monitoring.Cluster.Status;

/// <summary>How the hub is, as one of its silos knows it: the same on each but for what is of the silo alone (its store, what it folded).</summary>
internal sealed class SiloHubStatus(IGrainFactory grains, StoreGate store, FoldedOutcomes folded, HubRules rules) : IHubStatus, ISiloView
{
    private Seen _seen = new([], new NetworkStanding());

    /// <inheritdoc />
    public HubStatus Current
    {
        get
        {
            var (regions, network) = Volatile.Read(ref _seen);
            return new HubStatus([.. rules.Policy.Schedule.Regions.Select(r => StatusOf(r, regions))], network.Active, store.IsOpen, folded.Count)
            {
                Failing = [.. network.Failing.Select(f => new HubFailingSight(f.Orchestrator, f.Sight.Region, f.Sight.Failures))],
            };
        }
    }

    /// <summary>How the regions stand, in order of their codes; empty before the first pull.</summary>
    public ImmutableArray<RegionStandingWire> Regions => Volatile.Read(ref _seen).Regions;

    /// <summary>How the network stands.</summary>
    public NetworkStanding Network => Volatile.Read(ref _seen).Network;

    /// <inheritdoc />
    public async Task PullAsync()
    {
        var regions = grains.GetGrain<IRegionHealthGrain>(0).Standings();
        var network = grains.GetGrain<IIncidentGrain>(0).Network();
        Volatile.Write(ref _seen, new Seen(await regions, await network));
    }

    private static HubRegionStatus StatusOf(RegionId region, ImmutableArray<RegionStandingWire> regions)
    {
        var standing = regions.FirstOrDefault(s => s.Region == region);
        return new HubRegionStatus(region, standing?.Queue?.Waiting ?? 0, standing?.Queue?.Leased ?? 0, standing?.Queue?.LastAsked, standing?.Anomaly is not null);
    }

    private sealed record Seen(ImmutableArray<RegionStandingWire> Regions, NetworkStanding Network);
}
