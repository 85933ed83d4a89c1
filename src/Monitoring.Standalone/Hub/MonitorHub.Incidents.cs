using Microsoft.Extensions.Logging;
using Monitoring.Alerting;
using Monitoring.Core;

namespace Monitoring.Standalone.Hub;

/// <content>Who is up, who must know of it, and the incidents of the whole network.</content>
internal sealed partial class MonitorHub
{
    private readonly AvailabilityKeeper _availability;
    private readonly Outgoing _outgoing;
    private IncidentBook _network = IncidentBook.Empty;
    private RegionHealth _liveness;
    private readonly DateTimeOffset _startedAt;
    private DateTimeOffset? _unpublishedSince;
    private NetworkCounts _counts;

    /// <summary>Takes the notifications; what is owed waits while there is none.</summary>
    public INotificationSink? Notifications { get; init; }

    /// <summary>
    /// What is wrong with the money and with the chain's endpoints, in our words; empty when all is well, null where nothing is known. Asked
    /// from the hub's loop: it must not wait.
    /// </summary>
    public Func<(string? Funds, string? Chain)> Money { get; set; } = () => (null, null);

    private void RememberAvailability()
    {
        _network = _availability.ReadNetwork();
        foreach (var owed in _network.Owed) _outgoing.Add(owed);
        foreach (var (id, availability) in _availability.Read())
        {
            if (!_states.ContainsKey(id)) _states[id] = OrchestratorState.New(id);
            Apply(id, new Event.AvailabilityRemembered(availability));
        }
    }

    private async Task TakeChecksAsync(RegionId region, ImmutableArray<LivenessCheck> checks, DateTimeOffset now)
    {
        var known = checks.Where(c => _states.TryGetValue(c.Orchestrator, out var state) && state.Active).ToList();
        if (known.Count == 0) return;
        List<(OrchestratorId, DateTimeOffset, bool)> seen = [.. known.Select(c => (c.Orchestrator, c.At, c.Alive))];
        _health = _health.OnChecks(region, seen, now);
        await LearnLivenessAsync(_liveness.OnEvidence(region, seen, now));
        foreach (var of in known.GroupBy(c => c.Orchestrator)) Apply(of.Key, new Event.LivenessChecked(region, [.. of.OrderBy(c => c.At)]));
    }

    private async Task LearnLivenessAsync(RegionHealth next)
    {
        var before = _liveness.Anomalies;
        _liveness = next;
        if (before == next.Anomalies) return;
        await _memory.RememberAsync(before, next.Anomalies, CancellationToken.None, Memory.LivenessAnomalies);
        foreach (var span in next.Anomalies.Where(a => !before.Contains(a)))
        {
            if (span.Until is { } until) LogHeardAgain(span.Region, until);
            else LogMuted(span.Region, span.From, span.Reason);
        }
    }

    // After each step of an orchestrator: what it changed of the whole.
    private void Follow(OrchestratorState before, OrchestratorState after, DateTimeOffset now)
    {
        if (ReferenceEquals(before.Availability, after.Availability) && before.Active == after.Active) return;
        _failing.Follow(after);
        _availability.Changed(after.Id, before.Availability, after.Availability, now);
        Count(before, -1);
        Count(after, +1);
    }

    private void Count(OrchestratorState state, int sign)
    {
        if (state.Active) _counts = _counts.With(state.Availability.Phase, state.Availability.Unheard, sign);
    }

    private void LookAtInstrument(DateTimeOffset now)
    {
        long planned = 0, counted = 0;
        foreach (var cell in _board.Current.Rows.Where(r => r.Active).SelectMany(r => r.Cells).Where(c => _queues.ContainsKey(c.Region)))
        {
            planned += cell.Cell.Planned;
            counted += Math.Min(cell.Cell.Tests, cell.Cell.Planned);
        }

        var (funds, chain) = Money();
        Told(InstrumentHealth.Look(_network, new InstrumentReadings
        {
            Regions = [.. _queues.Select(q => new RegionReading(q.Key, q.Value.LastAsked ?? _startedAt))],
            Anomalies = [.. _health.Anomalies, .. _liveness.Anomalies],
            Planned = planned,
            Counted = counted,
            UnpublishedSince = _unpublishedSince,
            Funds = funds,
            Chain = chain,
        }, now, _options.Instrument));
    }

    private void Told(IncidentBook next)
    {
        if (ReferenceEquals(next, _network)) return;
        foreach (var owed in next.Owed) _outgoing.Add(owed);
        _network = next;
        _availability.NetworkChanged();
    }

    /// <summary>Writes what was decided, and then tells it.</summary>
    private async Task KeepAndTellAsync(DateTimeOffset now)
    {
        Told(NetworkAvailability.Look(_network, _counts, now, _options.Policy.Availability));
        await _availability.KeepAsync(_states, _network, now);
        if (Notifications is null || !_availability.IsSettled) return;
        var batch = _outgoing.Next(now);
        if (!batch.IsEmpty) _ = TellAsync(Notifications, batch);
    }

    private async Task TellAsync(INotificationSink sink, ImmutableArray<Notification> batch)
    {
        // Off the loop: a sink that is slow keeps nobody else waiting.
        await Task.Yield();
        try
        {
            await sink.TakeAsync(batch, CancellationToken.None);
            Send(new Command.Taken(batch));
        }
        catch (Exception e)
        {
            Send(new Command.NotTaken(e));
        }
    }

    private void Obey(Command.Taken taken)
    {
        _outgoing.Taken(taken.Batch);
        foreach (var n in taken.Batch)
        {
            if (n.Incident.Key.Orchestrator is { } id)
            {
                Apply(id, new Event.NotificationTaken(n.Incident.Key, n.Sequence));
                continue;
            }

            _network = _network.Taken(n.Incident.Key, n.Sequence);
            _availability.NetworkChanged();
        }
    }

    private void Obey(Command.NotTaken failed)
    {
        _outgoing.Refused(_time.GetUtcNow());
        LogNotTold(failed.Why.Message);
    }

    private DateTimeOffset SoonestOfIncidents(DateTimeOffset next)
    {
        if (_availability.NextAt < next) next = _availability.NextAt;
        return Notifications is not null && _availability.IsSettled && _outgoing.NextAt is { } at && at < next ? at : next;
    }

    [LoggerMessage(1011, LogLevel.Warning, "What {Region} sees of life since {From:u} is no evidence: {Reason}")]
    private partial void LogMuted(RegionId region, DateTimeOffset from, string reason);

    [LoggerMessage(1012, LogLevel.Information, "What {Region} sees of life is evidence again since {Until:u}")]
    private partial void LogHeardAgain(RegionId region, DateTimeOffset until);

    [LoggerMessage(1013, LogLevel.Error, "Notifications could not be handed over and are tried again: {Why}")]
    private partial void LogNotTold(string why);
}
