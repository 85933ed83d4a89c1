using System.Text.Json;

namespace Monitoring.Core.Tests;

/// <summary>
/// The shell under test conditions. A report: evidence, <see cref="Orchestrator.On"/>, persist, effects, acknowledge. Other events: on,
/// persist, effects. One orchestrator's process may die at any point of that, and the whole hub now and then; what is on disk (states,
/// revisions, evidence, anomalies) stays, what is in memory (queues, timers, region health) goes.
/// </summary>
internal sealed partial class SimulatedHub
{
    private const int CrashOneIn = 400;
    private static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(2);

    private readonly Simulation _simulation;
    private readonly VirtualTime _time;
    private readonly SplitMix _random;
    private readonly OrchestratorState[] _states;
    private readonly DateTimeOffset[] _armed;
    private readonly bool[] _died;
    private readonly Dictionary<RegionId, RegionQueue> _queues;
    private readonly List<(RegionId Region, OrchestratorId Orchestrator, DateTimeOffset At, bool Good)> _evidence = [];
    private readonly HashSet<TestId> _evident = [];
    private RegionHealth _health = RegionHealth.New(new AnomalyPolicy());
    private RegionHealthView _view = RegionHealthView.Well;
    private bool _up = true;

    public SimulatedHub(Simulation simulation, VirtualTime time, SplitMix random)
    {
        (_simulation, _time, _random) = (simulation, time, random);
        _states = [.. simulation.Fleet.Select(o => OrchestratorState.New(o.Id))];
        _armed = new DateTimeOffset[_states.Length];
        _died = new bool[_states.Length];
        _upSince = time.Now;
        _queues = simulation.Policy.Schedule.Regions.ToDictionary(r => r, _ => RegionQueue.Empty);
    }

    /// <summary>What the public sees.</summary>
    public Dictionary<(OrchestratorId, RegionId), PublishedCell> Board { get; } = [];

    public bool IsUp => _up;

    /// <summary>When the whole hub was away.</summary>
    public List<Span> Downtimes { get; } = [];

    public RegionHealthView View => _view;

    public long Decisions { get; private set; }

    public long Crashes { get; private set; }

    public OrchestratorState StateOf(SimulatedOrchestrator orchestrator) => _states[orchestrator.Number];

    /// <summary>True while a process that died has not been ticked: then what it owed is still owed.</summary>
    public bool Owes(SimulatedOrchestrator orchestrator) => _died[orchestrator.Number];

    public ImmutableArray<TestJob> Lease(RegionId region, int workers, TimeSpan ahead)
    {
        if (!_up) return [];
        (_queues[region], var jobs) = _queues[region].Lease(_time.Now, workers, ahead);

        // What the decider does not know to be leased is not handed out.
        return jobs.RemoveAll(job => !Handle(_simulation.Find(job.Orchestrator), new Event.TestLeased(job.Id)));
    }

    public void Return(RegionId region, TestJob job, OutcomeCode reason)
    {
        if (!_up) return;
        _queues[region] = _queues[region].Remove(job.Id);
        Handle(_simulation.Find(job.Orchestrator), new Event.TestDeferred(job.Id, reason));
    }

    /// <returns>True when the region may delete its copy.</returns>
    public bool Report(TestResult result)
    {
        if (!_up) return false;
        _simulation.Arrived(result);
        if (result.Outcome.Counts && _evident.Add(result.Id))
        {
            var good = result.Outcome.Class == OutcomeClass.Success;
            _evidence.Add((result.Region, result.Orchestrator, result.PlannedAt, good));
            Look(_health.OnEvidence(result.Region, result.Orchestrator, result.PlannedAt, good, _time.Now));
        }

        _queues[result.Region] = _queues[result.Region].Remove(result.Id);
        return Handle(_simulation.Find(result.Orchestrator), new Event.ResultReported(result));
    }

    /// <summary>Tells an orchestrator something until it has heard it.</summary>
    public void Tell(SimulatedOrchestrator orchestrator, Event e)
    {
        if (!_up || !Handle(orchestrator, e)) _time.After(TimeSpan.FromSeconds(1), () => Tell(orchestrator, e));
    }

    public void EveryMinute()
    {
        _time.After(TimeSpan.FromMinutes(1), EveryMinute);
        if (!_up) return;
        var health = _health.OnTick(_time.Now);
        foreach (var region in _simulation.Regions.Where(r => r.SeesHub)) health = health.OnControls(region.Id, region.ControlsAreWell, _time.Now);
        Look(health);
        LookAtInstrument();
    }

    /// <summary>The hub dies and comes back.</summary>
    public void Restart(TimeSpan down, bool rebuild)
    {
        _up = false;
        Crashes++;
        Downtimes.Add(new Span(_time.Now, _time.Now + down));
        foreach (var region in _simulation.Policy.Schedule.Regions) _queues[region] = RegionQueue.Empty;
        Array.Clear(_armed);
        _time.After(down, () =>
        {
            _up = true;
            _health = RegionHealth.New(new AnomalyPolicy()).Remembering(_view.Anomalies);
            _evidence.RemoveAll(e => e.At < _time.Now.AddDays(-1));
            foreach (var (region, orchestrator, at, good) in _evidence) _health = _health.OnEvidence(region, orchestrator, at, good, _time.Now);
            Look(_health);
            Reawaken();
            foreach (var orchestrator in _simulation.Fleet.Where(o => o.ListedAt != default)) Load(orchestrator, rebuild && Rebuildable(orchestrator));
        });
    }

    // The store alone does not know which plan ruled while a change was under way; the persisted state does.
    private bool Rebuildable(SimulatedOrchestrator orchestrator) => _time.Now - orchestrator.ChangedAt > TimeSpan.FromHours(1);

    private void Load(SimulatedOrchestrator orchestrator, bool rebuild)
    {
        var number = orchestrator.Number;
        if (rebuild)
        {
            var state = OrchestratorState.New(orchestrator.Id);
            var stored = _simulation.Store.Of(orchestrator).ToList();
            _random.Shuffle(stored);
            foreach (var revision in stored) state = Orchestrator.On(state, new Event.OutcomeReplayed(revision), Env()).State;
            state = Orchestrator.On(state, new Event.AvailabilityRemembered(_states[number].Availability), Env()).State;
            _states[number] = orchestrator.Listed
                ? Orchestrator.On(state, new Event.Enrolled(orchestrator.Record, _simulation.LedgerOf(orchestrator).Since), Env()).State
                : Orchestrator.On(state, new Event.Withdrawn(orchestrator.ListedAt), Env()).State;
        }
        else
        {
            _states[number] = JsonSerializer.Deserialize<OrchestratorState>(JsonSerializer.SerializeToUtf8Bytes(_states[number]))!;
        }

        Tell(orchestrator, new Event.Ticked());
    }

    private void Look(RegionHealth health)
    {
        var before = _health.Anomalies;
        _health = health;
        _view = new RegionHealthView([.. _queues.Where(q => q.Value.IsStale(_time.Now, StaleAfter)).Select(q => q.Key)], health.Anomalies) { Muted = _view.Muted };
        if (before == health.Anomalies) return;
        foreach (var span in health.Anomalies)
        {
            if (!before.Any(b => b.Region == span.Region && b.From == span.From)) Void(span);
        }
    }

    private void Void(AnomalySpan span)
    {
        foreach (var (orchestrator, test, at) in _simulation.Store.MeasuredIn(span))
        {
            Tell(orchestrator, new Event.ResultReclassified(test, span.Region, at, new Outcome(OutcomeCode.RegionAnomaly, span.Reason)));
        }
    }

    private Env Env() => new(_time.Now, _simulation.Policy, _view, _simulation.PlanOf) { NetworkFails = _networkFails, Liveness = _simulation.Liveness is null ? null : _liveness };

    /// <summary>One event. False when the process of that orchestrator died over it, wherever.</summary>
    private bool Handle(SimulatedOrchestrator orchestrator, Event e)
    {
        var number = orchestrator.Number;
        var dies = _random.OneIn(CrashOneIn) ? _random.Below(4) : -1;
        var before = _states[number];
        var step = Orchestrator.On(before, e, Env());
        Decisions++;
        if (dies == 0) return Die(orchestrator);
        _states[number] = step.State;
        _simulation.Persisted(orchestrator, before, step.State);
        if (dies == 1) return Die(orchestrator);
        var left = dies == 2 ? _random.Below(step.Effects.Length + 1) : int.MaxValue;
        List<OutcomeRevision>? stored = null;
        List<Notification>? told = null;
        foreach (var effect in step.Effects)
        {
            if (left-- == 0) return Die(orchestrator);
            switch (effect)
            {
                case Effect.QueueTest queue:
                    (_queues[queue.Job.Region], var taken) = _queues[queue.Job.Region].Add(queue.Job);
                    Assert.True(taken);
                    break;
                case Effect.CancelTest cancel:
                    _queues[cancel.Region] = _queues[cancel.Region].Remove(cancel.Test);
                    break;
                case Effect.RecordOutcome record:
                    _simulation.Store.Append(orchestrator, record.Revision);
                    (stored ??= []).Add(record.Revision);
                    break;
                case Effect.PublishScore publish:
                    if (publish.Cell is { } cell) Board[(publish.Orchestrator, publish.Region)] = cell;
                    else Board.Remove((publish.Orchestrator, publish.Region));
                    break;
                case Effect.CheckLiveness check:
                    OrdersOf(check.Region).Add(check.Orchestrator);
                    break;
                case Effect.OpenIncident { Notification: var owed }:
                    Tell(owed);
                    (told ??= []).Add(owed);
                    break;
                case Effect.ChangeIncident { Notification: var owed }:
                    Tell(owed);
                    (told ??= []).Add(owed);
                    break;
                case Effect.ResolveIncident { Notification: var owed }:
                    Tell(owed);
                    (told ??= []).Add(owed);
                    break;
                case Effect.ArmDeadline arm:
                    Arm(orchestrator, arm.At);
                    break;
                case Effect.RefuseReport refused:
                    _simulation.Refused(refused);
                    break;
            }
        }

        if (dies == 3) return Die(orchestrator);
        foreach (var revision in stored ?? [])
        {
            if (!Handle(orchestrator, new Event.OutcomeStored(revision.Test, revision.Revision))) return false;
        }

        foreach (var notification in told ?? [])
        {
            if (!Handle(orchestrator, new Event.NotificationTaken(notification.Incident.Key, notification.Sequence))) return false;
        }

        if (e is Event.Ticked) _died[number] = false;
        _simulation.CheckTouched(orchestrator);
        return true;
    }

    private bool Die(SimulatedOrchestrator orchestrator)
    {
        // It starts again from what it had persisted; its reminder ticks it within the minute.
        Crashes++;
        var number = orchestrator.Number;
        _died[number] = true;
        _states[number] = JsonSerializer.Deserialize<OrchestratorState>(JsonSerializer.SerializeToUtf8Bytes(_states[number]))!;
        _armed[number] = default;
        _time.After(TimeSpan.FromSeconds(1 + _random.Below(59)), () => Tell(orchestrator, new Event.Ticked()));
        return false;
    }

    private void Arm(SimulatedOrchestrator orchestrator, DateTimeOffset at)
    {
        var number = orchestrator.Number;
        if (_armed[number] == at) return;
        _armed[number] = at;
        _time.At(at, () =>
        {
            if (!_up || _armed[number] != at) return;
            _armed[number] = default;
            Tell(orchestrator, new Event.Ticked());
        });
    }
}
