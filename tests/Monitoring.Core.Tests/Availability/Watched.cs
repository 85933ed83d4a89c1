namespace Monitoring.Core.Tests;

/// <summary>One enrolled orchestrator under the decider, on a clock that the test turns.</summary>
internal sealed class Watched
{
    private readonly Policy _policy;

    public Watched(params RegionId[] regions)
    {
        _policy = Sample.Policy with { Schedule = Sample.Schedule with { Regions = [.. regions] } };
        State = OrchestratorState.New(Sample.Someone);
        On(new Event.Enrolled(Sample.Record(), Now));
    }

    public OrchestratorState State { get; private set; }

    public AvailabilityState Availability => State.Availability;

    public DateTimeOffset Now { get; private set; } = Sample.Noon;

    public RegionHealthView Regions { get; set; } = RegionHealthView.Well;

    public bool NetworkFails { get; set; }

    /// <summary>What the regions see of others; null where every region is believed.</summary>
    public RegionHealth? Liveness { get; set; }

    /// <summary>Regions that were asked to check at once, since the last look.</summary>
    public List<RegionId> Asked { get; } = [];

    /// <summary>Everything that was told, each notification once.</summary>
    public List<Notification> Told { get; } = [];

    public IEnumerable<Notification> Pages => Told.Where(n => n.Incident.Severity == Severity.Page);

    public ImmutableArray<Effect> On(Event e)
    {
        var step = Orchestrator.On(State, e, new Env(Now, _policy, Regions, (_, _, _) => []) { NetworkFails = NetworkFails, Liveness = Liveness });
        State = step.State;
        foreach (var effect in step.Effects)
        {
            if (effect is Effect.CheckLiveness check) Asked.Add(check.Region);
            var told = effect switch
            {
                Effect.OpenIncident open => open.Notification,
                Effect.ChangeIncident change => change.Notification,
                Effect.ResolveIncident resolve => resolve.Notification,
                _ => null,
            };
            if (told is not null && !Told.Any(t => t.Incident.Key == told.Incident.Key && t.Sequence == told.Sequence)) Told.Add(told);
        }

        return step.Effects;
    }

    public void Pass(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        On(new Event.Ticked());
    }

    /// <summary>Checks of this instant.</summary>
    public void Check(bool alive, params RegionId[] regions)
    {
        foreach (var region in regions)
        {
            On(new Event.LivenessChecked(region, [new LivenessCheck(Sample.Someone, Now, alive, alive ? OutcomeCode.Completed : OutcomeCode.Unreachable)]));
        }
    }

    /// <summary>Regions check others, of whom so many do not answer.</summary>
    public void CheckOthers(int answer, int fail, params RegionId[] regions)
    {
        Liveness ??= RegionHealth.OfChecks(new AnomalyPolicy { Span = TimeSpan.FromMinutes(5) });
        foreach (var region in regions) Liveness = Liveness.OnEvidence(region, [.. Enumerable.Range(1, answer + fail).Select(i => (Sample.Orchestrator(i), Now, i <= answer))], Now);
    }

    /// <summary>So many rounds of checks, a minute apart.</summary>
    public void Rounds(int count, bool alive, params RegionId[] regions)
    {
        for (var i = 0; i < count; i++)
        {
            Pass(60);
            Check(alive, regions);
        }
    }

    /// <summary>The result of a test of this instant.</summary>
    public void Test(OutcomeCode code, RegionId region)
    {
        var id = TestId.Parse(Now.UtcDateTime.ToString("'t-'yyyyMMddHHmmssfffffff", null));
        State = State with { Open = [new OpenTest(new TestJob { Id = id, Orchestrator = State.Id, Region = region, ServiceUri = "https://one.example:8935", NotBefore = Now, NotAfter = Now, Deadline = Now.AddMinutes(1) }, true)] };
        On(new Event.ResultReported(new TestResult { Id = id, Orchestrator = State.Id, Region = region, PlannedAt = Now, Outcome = new Outcome(code), Summary = Sample.SummaryOf(code) }));
        Assert.Empty(State.Open);
    }
}
