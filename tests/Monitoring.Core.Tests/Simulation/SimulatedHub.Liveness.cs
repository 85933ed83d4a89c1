namespace Monitoring.Core.Tests;

/// <content>Liveness in the shell: reports in, orders and notifications out, and the whole network.</content>
internal sealed partial class SimulatedHub
{
    private static readonly AnomalyPolicy LivenessAnomaly = new() { Span = TimeSpan.FromMinutes(5) };
    private readonly Dictionary<RegionId, HashSet<OrchestratorId>> _orders = [];
    private RegionHealth _liveness = RegionHealth.New(LivenessAnomaly);
    private IncidentBook _network = IncidentBook.Empty;
    private bool _networkFails;

    /// <returns>True when the region may forget the checks.</returns>
    public bool Liveness(RegionId region, ImmutableArray<LivenessCheck> checks)
    {
        if (!_up) return false;
        Hear(_liveness.OnEvidence(region, checks.Select(c => (c.Orchestrator, c.At, c.Alive)), _time.Now));
        var taken = true;
        foreach (var of in checks.GroupBy(c => c.Orchestrator)) taken &= Handle(_simulation.Find(of.Key), new Event.LivenessChecked(region, [.. of]));
        LookAtNetwork();
        return taken;
    }

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
        Hear(RegionHealth.New(LivenessAnomaly).Remembering(_liveness.Anomalies));
    }

    private void Hear(RegionHealth next)
    {
        _liveness = next;
        _view = _view with { Muted = next.Anomalies };
    }

    private void LookAtNetwork()
    {
        int active = 0, troubled = 0, down = 0;
        foreach (var state in _states)
        {
            if (!state.Active) continue;
            active++;
            if (state.Availability.Phase != AvailabilityPhase.Up) troubled++;
            if (state.Availability.Phase is AvailabilityPhase.Down or AvailabilityPhase.Recovering) down++;
        }

        _networkFails = NetworkAvailability.Fails(active, troubled, Sample.Policy.Availability);
        _network = NetworkAvailability.Look(_network, active, down, _time.Now, Sample.Policy.Availability);
        foreach (var owed in _network.Owed) Tell(owed);
        _network = _network with { Owed = [] };
    }

    private void Tell(Notification notification) => _simulation.Liveness?.Told(notification);
}
