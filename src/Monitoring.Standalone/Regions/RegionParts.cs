using Monitoring.Standalone.Hub;
using Monitoring.Web;

namespace Monitoring.Standalone.Regions;

/// <summary>The regions of the hub of this process, as parts of the instrument.</summary>
internal sealed class RegionParts(MonitorHub hub, RefusedRegions? refused, TimeProvider time) : IInstrumentStatus
{
    private readonly RegionStates _states = new(
        () => hub.Regions, hub.StaleAfter, region => (refused?.Of(region) ?? []).Select(r => new RefusedOfRegion(r.Kind, r.Count, r.First, r.Last, r.Reason)), "monitor", time);

    /// <inheritdoc />
    public ImmutableArray<InstrumentState> Current => _states.Current;
}
