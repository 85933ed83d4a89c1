using System.Globalization;

namespace Monitoring.Core.Tests;

/// <summary>
/// A seeded week of the whole instrument on virtual time: the decider, the region queues and the region health behind a small shell,
/// against regions and orchestrators that do what they do in life. One seed, one run. What must always hold is checked as it happens.
/// </summary>
internal sealed class Simulation
{
    private readonly World _world;
    private readonly Chance _chance;
    private readonly TimeSpan _grace;

    private readonly VirtualTime _time;
    private readonly SplitMix _random;
    private readonly DateTimeOffset _start;
    private readonly DateTimeOffset _end;
    private readonly Dictionary<OrchestratorId, SimulatedOrchestrator> _byId;
    private readonly PlanLedger[] _ledgers;
    private readonly Dictionary<(string Endpoint, int Index, DateOnly Day, OrchestratorId Id), ImmutableArray<PlannedTest>> _plans = [];
    private readonly Dictionary<DateOnly, DaySeed> _seeds = [];
    private readonly Dictionary<TestId, (SimulatedRegion Region, SimulatedOrchestrator Orchestrator, DateTimeOffset Arrived)> _tainted = [];
    private readonly Dictionary<string, DateTimeOffset> _endpointBusyUntil = [];
    private DateTimeOffset _checkedUntil;

    public Simulation(ulong seed, World world)
    {
        _random = new SplitMix(seed);
        _world = world;
        Policy = Sample.Policy with { Schedule = Sample.Schedule with { Regions = world.Regions } };
        _grace = Policy.Schedule.Guard + Policy.ReportGrace + TimeSpan.FromMinutes(3);
        if (world.Liveness) Liveness = new LivenessWitness(this);
        _start = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
        _end = _start.AddDays(world.Days);
        _checkedUntil = _start;
        _time = new VirtualTime(_start);
        _chance = new Chance(_random, _start, _end);
        Fleet = [.. Enumerable.Range(0, world.Orchestrators).Select(n => world.Born?.Invoke(n, _chance) ?? Born(n))];
        _byId = Fleet.ToDictionary(o => o.Id);
        _ledgers = [.. Fleet.Select(o => new PlanLedger(o.Id, PlanOf))];
        Store = new SimulatedStore(this);
        Hub = new SimulatedHub(this, _time, new SplitMix(_random.Next()));
        Regions = [.. Policy.Schedule.Regions.Select((r, i) => new SimulatedRegion(r, i == 2 ? 8 : 16, _time, new SplitMix(_random.Next()), this))];
    }

    public IReadOnlyList<SimulatedOrchestrator> Fleet { get; }

    public IReadOnlyList<SimulatedRegion> Regions { get; }

    public SimulatedStore Store { get; }

    public SimulatedHub Hub { get; }

    public Policy Policy { get; }

    /// <summary>Whether the regions have controls.</summary>
    public bool HasControls => _world.HasControls;

    /// <summary>Whether the world is made so that each incident of the slower rules has one true cause.</summary>
    public bool HasRules => _world.Befall is not null && Storms.Count == 0;

    /// <summary>What befalls the instrument beside its regions.</summary>
    public InstrumentFaults Instrument { get; } = new();

    /// <summary>When many drop out at once.</summary>
    public List<Storms.Storm> Storms { get; } = [];

    /// <summary>Sees what the regions see of life, and what is told of it; null where nobody watches.</summary>
    public LivenessWitness? Liveness { get; }

    public DateTimeOffset Start => _start;

    public DateTimeOffset Now => _time.Now;

    public long Steps => _time.Steps;

    public long Started { get; private set; }

    public long RefusedReports { get; private set; }

    public int TaintedTests => _tainted.Count;

    public SimulatedOrchestrator Find(OrchestratorId id) => _byId[id];

    public PlanLedger LedgerOf(SimulatedOrchestrator orchestrator) => _ledgers[orchestrator.Number];

    public ImmutableArray<PlannedTest> PlanOf(OrchestratorId id, OrchestratorRecord record, DateOnly day)
    {
        var key = (record.Share.Endpoint, record.Share.Index, day, id);
        if (_plans.TryGetValue(key, out var plan)) return plan;
        if (!_seeds.TryGetValue(day, out var seed))
        {
            _seeds[day] = seed = DaySeed.From(DaySeed.SecretOf(BitConverter.GetBytes(_random.Origin), day), DaySeed.DateAnchor(day));
        }

        return _plans[key] = DayPlan.For(seed, day, id, record.Share, Policy.Schedule);
    }

    public void Run()
    {
        foreach (var orchestrator in Fleet) Live(orchestrator);
        if (_world.Befall is { } befall) befall(this, _chance);
        foreach (var region in Regions)
        {
            if (_world.Befall is null) Suffer(region);
            region.Poll();
            if (Liveness is not null) region.Watch();
        }

        Hub.EveryMinute();
        for (var i = 0; i < _world.Restarts; i++)
        {
            var rebuild = i % 2 == 0;
            var down = TimeSpan.FromSeconds(_random.Below(600));
            _time.At(Sometime(), () => Hub.Restart(down, rebuild));
        }

        // Never on a whole second, so that what is due at an instant has happened.
        for (var at = _start.AddHours(2).AddTicks(7); at < _end; at = at.AddHours(2))
        {
            _time.RunUntil(at);
            CheckAll(Math.Abs((at - _start).TotalHours % 12) < 0.1);
        }

        _time.RunUntil(_end);
        while (!Hub.IsUp) _time.RunUntil(_time.Now.AddMinutes(1).AddTicks(7));
        CheckAll(true);
    }

    /// <summary>Says what is wrong, when, and how to see it again.</summary>
    public void Require(bool holds, string message)
    {
        if (!holds) Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{message}; at {_time.Now:O}; MONITORING_SIMULATION_SEED={_random.Origin}"));
    }

    /// <summary>A region begins to send, until an instant.</summary>
    public void Sends(SimulatedOrchestrator orchestrator, TestJob job, RegionId region, DateTimeOffset until, bool first)
    {
        Require(first, $"{job.Id} is run twice");
        Require(job.Region == region, $"{job.Id} is run by {region}");
        Require(_time.Now >= job.NotBefore && _time.Now <= job.NotAfter && until <= job.Deadline, $"{job.Id} is run outside its time");
        Require(_time.Now >= orchestrator.SendingUntil, $"{job.Id} begins while another test of {orchestrator.Id} is in flight");
        var endpoint = job.ServiceUri;
        Require(!_endpointBusyUntil.TryGetValue(endpoint, out var busy) || _time.Now >= busy, $"{job.Id} begins while another test of {endpoint} is in flight");
        _endpointBusyUntil[endpoint] = until;
        orchestrator.SendingUntil = until;
        Started++;
    }

    public void Arrived(TestResult result)
    {
        var region = Regions.First(r => r.Id == result.Region);
        if (region.Tainted.Contains(result.Id)) _tainted.TryAdd(result.Id, (region, Find(result.Orchestrator), _time.Now));
    }

    public void Refused(Effect.RefuseReport refused)
    {
        RefusedReports++;
        Require(refused.Reason.Contains("24 h", StringComparison.Ordinal), $"{refused.Test} was refused: {refused.Reason}");
    }

    public void Persisted(SimulatedOrchestrator orchestrator, OrchestratorState before, OrchestratorState after)
    {
        if (ReferenceEquals(before.Record, after.Record) && before.Active == after.Active) return;
        var ledger = _ledgers[orchestrator.Number];
        if (before.Active) ledger.End(before.PlannedUntil);
        if (!after.Active) return;
        var since = before.Active || before.PlannedUntil > orchestrator.ListedAt ? before.PlannedUntil : orchestrator.ListedAt;
        ledger.Begin(since, after.Record!);
    }

    /// <summary>What is cheap enough to hold after every event.</summary>
    public void CheckTouched(SimulatedOrchestrator orchestrator)
    {
        var state = Hub.StateOf(orchestrator);
        for (var i = 1; i < state.Open.Length; i++)
        {
            Require(state.Open[i].Job.NotBefore - state.Open[i - 1].Job.NotBefore >= Policy.Schedule.Guard, $"two open tests of {orchestrator.Id} touch");
        }

        foreach (var open in state.Open)
        {
            Require(!state.CellOf(open.Job.Region).Window.Knows(open.Job.Id, DateOnly.FromDateTime(open.Job.NotBefore.UtcDateTime)), $"{open.Job.Id} is open and has an outcome");
            Require(_time.Now - open.Job.NotBefore < _grace, $"{open.Job.Id} is open long after its end");
        }

        if (orchestrator.Nature == Nature.Perfect)
        {
            foreach (var region in Regions) CheckPerfect(orchestrator, region);
        }

        if (_random.OneIn(200)) CheckRefold(orchestrator, state, false);
    }

    // The law that matters to the one who is measured: a faultless orchestrator never shows a fault, whatever happens to the instrument.
    private void CheckPerfect(SimulatedOrchestrator orchestrator, SimulatedRegion region)
    {
        // A process that died over an event publishes with its next tick.
        if (!IsSeenByTests || Hub.Owes(orchestrator)) return;
        if (!Hub.Board.TryGetValue((orchestrator.Id, region.Id), out var cell)) return;
        if (cell.State == CellState.Zero) Require(Hub.StateOf(orchestrator).WithdrawnAt is not null, $"{orchestrator.Id} is faultless and shows zero in {region.Id}");
        else if (cell.SuccessRate < 1) Require(BeforeItCouldBeSeen(region), $"{orchestrator.Id} is faultless and shows {cell.SuccessRate} in {region.Id}");
    }

    // Where few are tested, or from one region, or two fail in the same instant, too few tests lie within 20 minutes to tell by them.
    private bool IsSeenByTests => _world.Befall is null;

    // A silent outage is seen when most of the last 20 minutes failed; a failing control is asked for every minute.
    private bool BeforeItCouldBeSeen(SimulatedRegion region) =>
        region.Silent.Any(o => _time.Now >= o.From && _time.Now < o.From.AddMinutes(25)) || region.Failing.Any(o => _time.Now >= o.From && _time.Now < o.From.AddMinutes(12));

    private void CheckAll(bool thorough)
    {
        if (!Hub.IsUp) return;
        var until = _time.Now - _grace;
        foreach (var orchestrator in Fleet)
        {
            var state = Hub.StateOf(orchestrator);
            foreach (var test in _ledgers[orchestrator.Number].Due(thorough ? _start.AddTicks(-1) : _checkedUntil, until))
            {
                var known = Store.LastOf(test.Id) is not null || state.Owed.Any(o => o.Test == test.Id);
                Require(known, $"{test.Id} was due at {test.At:O} and has no outcome");
            }

            foreach (var region in Regions)
            {
                if (orchestrator.Nature == Nature.Perfect) CheckPerfect(orchestrator, region);
            }

            if (thorough) CheckRefold(orchestrator, state, true);
        }

        foreach (var (test, (region, orchestrator, arrived)) in _tainted)
        {
            if (!IsSeenByTests || _time.Now - arrived < TimeSpan.FromMinutes(2) || BeforeItCouldBeSeen(region)) continue;
            var last = Store.LastOf(test);
            Require(last?.Outcome.Class is null or OutcomeClass.Void or OutcomeClass.NotRun, $"{test} failed by the fault of {region.Id} and is charged to {orchestrator.Id} as {last?.Outcome}");
        }

        _checkedUntil = until;
    }

    // Window and board against the store alone, folded in another order, and against the slow reference.
    private void CheckRefold(SimulatedOrchestrator orchestrator, OrchestratorState state, bool board)
    {
        var revisions = Store.Of(orchestrator).Concat(state.Owed).ToList();
        _random.Shuffle(revisions);
        foreach (var region in Regions)
        {
            var cell = state.CellOf(region.Id);
            var here = revisions.Where(r => r.Region == region.Id).ToList();
            var refold = Window.Of(here.Select(WindowEntry.Of));
            var cut = _time.Now - Policy.Window;
            Require(refold.Total(cut, Policy.Capped) == cell.Window.Total(cut, Policy.Capped), $"the window of {orchestrator.Id} in {region.Id} is not the fold of its store");
            if (!board) continue;
            var reference = new ReferenceCell(Policy);
            foreach (var revision in here) reference.Add(revision);
            var expected = reference.Publish(state.WithdrawnAt, _time.Now);
            var shown = Hub.Board.GetValueOrDefault((orchestrator.Id, region.Id));
            Require(Equals(expected, shown) || Hub.Owes(orchestrator), $"{orchestrator.Id} in {region.Id} shows\n{shown}\nand not\n{expected}\n");
        }
    }

    private SimulatedOrchestrator Born(int number)
    {
        var nature = (Liveness is null ? number % 20 : number % 20 is >= 2 and <= 7 ? number % 20 + 100 : number % 20) switch { 102 or 103 or 104 => Nature.Failing, 105 => Nature.Remote, 106 => Nature.Rocking, 107 => Nature.Slow, 15 => Nature.Partial, 16 => Nature.Dying, 17 => Nature.Flapping, 18 => Nature.Capping, _ => Nature.Perfect };
        var bad = Enumerable.Range(0, 3).Select(_ => Sometime()).Select(from => new Span(from, from.AddHours(nature >= Nature.Failing ? 0.4 + _random.Below(6) : 1 + _random.Below(nature == Nature.Capping ? 20 : 60)))).ToArray();

        // Each tenth pair lives behind one endpoint.
        var pair = number % 20 is 0 or 1;
        var host = pair ? $"pair{number / 20}.example" : $"o{number}.example";
        return new SimulatedOrchestrator(number, nature, Sample.Record(host, pair ? number % 20 : 0, pair ? 2 : 1), bad);
    }

    private DateTimeOffset Sometime() => _chance.Sometime();

    private void Live(SimulatedOrchestrator orchestrator)
    {
        _time.At(_world.Churns && _random.OneIn(10) ? Sometime() : _start, () =>
        {
            (orchestrator.Listed, orchestrator.ListedAt, orchestrator.ChangedAt) = (true, _time.Now, _time.Now);
            Hub.Tell(orchestrator, new Event.Enrolled(orchestrator.Record, _time.Now));
            if (!_world.Churns || orchestrator.Record.Share.Count > 1) return;
            for (var moves = _random.Below(4); moves > 0; moves--) _time.At(Sometime(), () => Move(orchestrator));
            if (_random.OneIn(6)) _time.At(Sometime(), () => Leave(orchestrator));
        });
    }

    private void Move(SimulatedOrchestrator orchestrator)
    {
        if (!orchestrator.Listed) return;
        if (!Hub.StateOf(orchestrator).Active)
        {
            // A change is not told before the enrolment was taken.
            _time.After(TimeSpan.FromMinutes(1), () => Move(orchestrator));
            return;
        }

        orchestrator.Record = _random.OneIn(3)
            ? orchestrator.Record with { Maintenance = [new MaintenanceWindow(_time.Now.AddHours(2), _time.Now.AddHours(2 + _random.Below(40)))] }
            : Sample.Record($"o{orchestrator.Number}-{_random.Below(1000)}.example") with { Maintenance = orchestrator.Record.Maintenance };
        orchestrator.ChangedAt = _time.Now;
        var record = orchestrator.Record;
        Hub.Tell(orchestrator, new Event.RecordChanged(record));
    }

    private void Leave(SimulatedOrchestrator orchestrator)
    {
        if (!orchestrator.Listed) return;
        (orchestrator.Listed, orchestrator.ListedAt, orchestrator.ChangedAt) = (false, _time.Now, _time.Now);
        Hub.Tell(orchestrator, new Event.Withdrawn(_time.Now));
        if (!_random.OneIn(3))
        {
            _time.After(TimeSpan.FromMinutes(30 + _random.Below(3000)), () =>
            {
                (orchestrator.Listed, orchestrator.ListedAt, orchestrator.ChangedAt) = (true, _time.Now, _time.Now);
                Hub.Tell(orchestrator, new Event.Enrolled(orchestrator.Record, _time.Now));
            });
        }
    }

    private void Suffer(SimulatedRegion region)
    {
        var number = Array.IndexOf([.. Policy.Schedule.Regions], region.Id);

        // Silent outages fall on different days in different regions: two at once leave nobody to compare with.
        for (var day = 1 + number; day < (_end - _start).TotalDays; day += Policy.Schedule.Regions.Length)
        {
            var from = _start.AddDays(day).AddMinutes(60 + _random.Below(20 * 60));
            region.Silent.Add(new Span(from, from.AddMinutes(30 + _random.Below(90))));
        }

        for (var i = 0; i < 3; i++) region.Failing.Add(Briefly(5, 60));
        for (var i = 0; i < 3; i++) region.Frozen.Add(Briefly(10, 200));
        for (var i = 0; i < 12; i++) region.Frozen.Add(Briefly(1, 6));
        for (var i = 0; i < 2; i++) region.CutOff.Add(Briefly(60, 1000));
        if (number == 1) region.Frozen.Add(new Span(_start.AddDays(3.5), _start.AddDays(5.25)));

        Span Briefly(int least, int most)
        {
            while (true)
            {
                var from = Sometime();
                var span = new Span(from, from.AddMinutes(least + _random.Below(most - least)));

                // What nobody in the region is there to see, nobody can tell.
                if (!region.Silent.Any(o => o.Touches(span.From.AddMinutes(-60), span.Until.AddMinutes(60)))) return span;
            }
        }
    }
}
