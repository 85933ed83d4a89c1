using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Wire;
using Monitoring.Core;
using Monitoring.Web;

namespace Monitoring.Cluster.Status;

/// <summary>The parts of the instrument that a hub knows of: each region, and whether results can be stored from this silo.</summary>
internal sealed class HubParts : IInstrumentStatus
{
    private readonly SiloHubStatus _hub;
    private readonly StoreGate _store;
    private readonly RegionStates _regions;
    private readonly DateTimeOffset _startedAt;

    public HubParts(SiloHubStatus hub, StoreGate store, HubRules rules, TimeProvider time)
    {
        (_hub, _store, _startedAt) = (hub, store, time.GetUtcNow());
        _regions = new RegionStates(() => [.. hub.Regions.Select(Of)], rules.StaleAfter, Refused, "monitor-cluster", time);
    }

    /// <inheritdoc />
    /// <remarks>Anybody may read it, so it names neither the server nor what that said; the log does.</remarks>
    public ImmutableArray<InstrumentState> Current => [.. _regions.Current, _store.RefusedAt is { } since
        ? new InstrumentState("Results", InstrumentLevel.Alarm, $"PostgreSQL cannot be reached, or has refused results, since {since:u}: nothing is leased, and what was measured waits until it is back. Look at the server, and at the logs of the hubs.", since)
        : new InstrumentState("Results", InstrumentLevel.Ok, "They are stored in PostgreSQL.", _startedAt)];

    private static RegionStanding Of(RegionStandingWire standing) => new(
        standing.Region, standing.Queue?.LastAsked ?? standing.Queue?.Since, standing.Queue?.Leased ?? 0, standing.Queue?.Waiting ?? 0, standing.Vitals, standing.ToldAt, standing.Anomaly);

    // A kind that a newer silo knows and this one does not is left out.
    private IEnumerable<RefusedOfRegion> Refused(RegionId region) => (_hub.Regions.FirstOrDefault(r => r.Region == region)?.Refused ?? [])
        .Where(r => Enum.TryParse<RefusalKind>(r.Kind, out _))
        .Select(r => new RefusedOfRegion(Enum.Parse<RefusalKind>(r.Kind), r.Count, r.First, r.Last, r.Reason))
        .OrderByDescending(r => r.Kind == RefusalKind.Lie);
}
