using System.Text.Json;

namespace Monitoring.Core.Tests;

/// <content>Liveness in the shell: reports in, orders and notifications out, and the whole network.</content>
internal sealed partial class SimulatedHub
{
    private static readonly AnomalyPolicy LivenessAnomaly = new() { Span = TimeSpan.FromMinutes(5) };
    private readonly Dictionary<RegionId, HashSet<OrchestratorId>> _orders = [];
    private RegionHealth _liveness = RegionHealth.OfChecks(LivenessAnomaly);
    private static readonly InstrumentPolicy Instrument = new();
    private IncidentBook _network = IncidentBook.Empty;
    private DateTimeOffset _upSince;
    private bool _networkFails;

    /// <returns>True when the region may forget the checks.</returns>
    public bool Liveness(RegionId region, ImmutableArray<LivenessCheck> checks, bool controlsWell)
    {
        if (!_up) return false;
        if (controlsWell) _liveness = _liveness.OnControlsWell(region, _time.Now);
        List<(OrchestratorId, DateTimeOffset, bool)> seen = [.. checks.Select(c => (c.Orchestrator, c.At, c.Alive))];
        _health = _health.OnChecks(region, seen, _time.Now);
        Hear(_liveness.OnEvidence(region, seen, _time.Now));
        var taken = true;
        foreach (var of in checks.GroupBy(c => c.Orchestrator)) taken &= Handle(_simulation.Find(of.Key), new Event.LivenessChecked(region, [.. of]));
        LookAtNetwork();
        return taken;
    }

    /// <summary>What a region saw of others meanwhile.</summary>
    public RegionWitness WitnessOf(RegionSight sight, OrchestratorId orchestrator) => _liveness.WitnessOf(sight.Region, orchestrator, sight.RunSince, sight.LastAt);

    public List<OrchestratorId> TakeOrders(RegionId region)
    {
        List<OrchestratorId> orders = _up ? [.. OrdersOf(region).Order()] : [];
        OrdersOf(region).Clear();
        return orders;
    }

    private HashSet<OrchestratorId> OrdersOf(RegionId region)
    {
        if (!_orders.TryGetValue(region, out var orders)) _orders[region] = orders = [];
        return orders;
    }

    private void Reawaken()
    {
        _orders.Clear();
        _upSince = _time.Now;
        _network = JsonSerializer.Deserialize<IncidentBook>(JsonSerializer.SerializeToUtf8Bytes(_network))!;
        Hear(RegionHealth.OfChecks(LivenessAnomaly).Remembering(_liveness.Anomalies));
    }

    private void Hear(RegionHealth next)
    {
        _liveness = next;
        _view = _view with { Muted = next.Anomalies };
    }

    private void LookAtNetwork()
    {
        var counts = _states.Where(s => s.Active).Aggregate(default(NetworkCounts), (sum, s) => sum.With(s.Availability.Phase, s.Availability.Unheard, 1));
        _networkFails = NetworkAvailability.Fails(counts, _simulation.Policy.Availability);
        Told(NetworkAvailability.Look(_network, counts, _time.Now, _simulation.Policy.Availability));
    }

    private void LookAtInstrument()
    {
        if (_simulation.Liveness is null) return;
        var faults = _simulation.Instrument;
        Span? stuck = faults.Stuck.Where(s => s.Covers(_time.Now)).Select(s => (Span?)s).FirstOrDefault();
        Told(InstrumentHealth.Look(_network, new InstrumentReadings
        {
            Regions = [.. _queues.Select(q => new RegionReading(q.Key, q.Value.LastAsked ?? _upSince))],
            Anomalies = [.. _health.Anomalies, .. _liveness.Anomalies],
            Planned = Board.Values.Sum(c => (long)c.Planned),
            Counted = Board.Values.Sum(c => (long)Math.Min(c.Tests, c.Planned)),
            UnpublishedSince = stuck?.From,
            Funds = faults.Poor.Any(s => s.Covers(_time.Now)) ? "The deposit is nearly spent" : "",
            Chain = faults.NoChain.Any(s => s.Covers(_time.Now)) ? "No endpoint of the chain answers" : "",
        }, _time.Now, Instrument));
    }

    // What is owed is kept with the book; the telling, or the word that it was taken, may be lost, and it is told again.
    private void Told(IncidentBook next)
    {
        _network = next;
        foreach (var owed in next.Owed)
        {
            if (_random.OneIn(20)) break;
            Tell(owed);
            if (_random.OneIn(20)) break;
            _network = _network.Taken(owed.Incident.Key, owed.Sequence);
        }
    }

    private void Tell(Notification notification) => _simulation.Liveness?.Told(notification);
}
