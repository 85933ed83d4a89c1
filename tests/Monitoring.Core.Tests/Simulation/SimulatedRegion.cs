namespace Monitoring.Core.Tests;

/// <summary>
/// A region: it asks the hub for work, tests, keeps each result until the hub has acknowledged it, and sends it again until then. Its
/// process may freeze, its network may fail with or without its noticing, and the way to the hub may be cut.
/// </summary>
internal sealed partial class SimulatedRegion(RegionId id, int workers, VirtualTime time, SplitMix random, Simulation simulation)
{
    private readonly Dictionary<TestId, TestResult> _spool = [];
    private readonly HashSet<TestId> _started = [];
    private int _busy;

    public RegionId Id { get; } = id;

    /// <summary>The process stands still.</summary>
    public List<Span> Frozen { get; } = [];

    /// <summary>The network is gone and the controls show it.</summary>
    public List<Span> Failing { get; } = [];

    /// <summary>Everything fails, and the controls do not show it.</summary>
    public List<Span> Silent { get; } = [];

    /// <summary>The way to the hub is cut.</summary>
    public List<Span> CutOff { get; } = [];

    /// <summary>Results that an instrument fault made, whatever they say.</summary>
    public HashSet<TestId> Tainted { get; } = [];

    public int Spooled => _spool.Count;

    public bool SeesHub => !Covers(CutOff) && !Covers(Frozen);

    public bool ControlsAreWell => !Covers(Failing) || !simulation.HasControls;

    public void Poll()
    {
        time.After(TimeSpan.FromSeconds(5), Poll);
        if (!SeesHub) return;
        foreach (var job in simulation.Hub.Lease(Id, workers - _busy, simulation.Policy.LeaseAhead))
        {
            _busy++;
            time.At(job.NotBefore + TimeSpan.FromMilliseconds(random.Below(400)), () => Start(job));
        }
    }

    private void Start(TestJob job)
    {
        if (Thaw() is { } thaw)
        {
            time.At(thaw, () => Start(job));
            return;
        }

        if (time.Now > job.NotAfter)
        {
            _busy--;
            simulation.Hub.Return(Id, job, OutcomeCode.ShuttingDown);
            return;
        }

        var orchestrator = simulation.Find(job.Orchestrator);
        var code = orchestrator.Answer(time.Now, Id, random);
        var end = time.Now + TimeSpan.FromMilliseconds(code == OutcomeCode.Unreachable ? 2000 : 29_000 + random.Below(12_000));
        if (end > job.Deadline) end = job.Deadline;
        if (Thaws(Frozen, end) is { } frozen)
        {
            // It stands still in the middle: it had stopped sending, and knows afterwards that it was itself.
            var until = frozen.From > time.Now ? frozen.From : time.Now;
            simulation.Sends(orchestrator, job, Id, until, _started.Add(job.Id));
            time.At(frozen.Until, () => Report(job, OutcomeCode.OurOverload, 1));
            return;
        }

        simulation.Sends(orchestrator, job, Id, end, _started.Add(job.Id));
        if (Failing.Concat(Silent).Any(o => o.Touches(time.Now, end)))
        {
            // Until the controls have shown it, a failing network looks like an orchestrator that fails.
            Tainted.Add(job.Id);
            var known = simulation.HasControls && Failing.Any(o => o.From.AddMinutes(1) < end && o.Touches(time.Now, end));
            code = known ? OutcomeCode.OurNetwork : random.OneIn(3) ? OutcomeCode.ResultTimedOut : OutcomeCode.Unreachable;
        }

        time.At(end, () => Report(job, code, orchestrator.RoundTrip(job.NotBefore)));
    }

    private void Report(TestJob job, OutcomeCode code, double roundTrip)
    {
        _busy--;
        var complete = code == OutcomeCode.Completed ? 15 : code == OutcomeCode.Partial ? 1 + random.Below(14) : 0;
        _spool[job.Id] = new TestResult
        {
            Id = job.Id,
            Orchestrator = job.Orchestrator,
            Region = Id,
            PlannedAt = job.NotBefore,
            Outcome = new Outcome(code),
            Summary = Sample.Summary(complete, roundTrip),
        };
        Send(job.Id, TimeSpan.FromMinutes(1), random.OneIn(300) ? TimeSpan.FromHours(random.Below(60)) : TimeSpan.Zero);
    }

    // A send may be lost, late or doubled, and so may its acknowledgement; nothing is forgotten before that has come.
    private void Send(TestId test, TimeSpan again, TimeSpan stuck)
    {
        if (!_spool.TryGetValue(test, out var result)) return;
        if (stuck == TimeSpan.Zero && !random.OneIn(8))
        {
            for (var copies = random.OneIn(15) ? 2 : 1; copies > 0; copies--)
            {
                var delay = random.OneIn(20) ? TimeSpan.FromSeconds(random.Below(900)) : TimeSpan.FromMilliseconds(random.Below(3000));
                time.After(delay, () => Deliver(result));
            }
        }

        var next = again + again > TimeSpan.FromMinutes(30) ? TimeSpan.FromMinutes(30) : again + again;
        time.After(stuck > again ? stuck : again, () => Send(test, next, TimeSpan.Zero));
    }

    private void Deliver(TestResult result)
    {
        if (SeesHub) simulation.Liveness?.Saw(Id, result);
        if (SeesHub && simulation.Hub.Report(result) && !random.OneIn(12)) _spool.Remove(result.Id);
    }

    private DateTimeOffset? Thaw() => Thaws(Frozen, time.Now)?.Until;

    private Span? Thaws(List<Span> spans, DateTimeOffset end)
    {
        foreach (var span in spans)
        {
            if (span.Touches(time.Now, end)) return span;
        }

        return null;
    }

    private bool Covers(List<Span> spans)
    {
        foreach (var span in spans)
        {
            if (span.Covers(time.Now)) return true;
        }

        return false;
    }
}
