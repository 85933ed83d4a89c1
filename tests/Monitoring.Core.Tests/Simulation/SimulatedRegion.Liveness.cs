namespace Monitoring.Core.Tests;

/// <content>The region's liveness loop: everybody in turn, those that are ordered at once, and never a failure of its own that it can see.</content>
internal sealed partial class SimulatedRegion
{
    private const int LostOneIn = 150;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(5);
    private readonly TimeSpan _every = simulation.Policy.Availability.Every(simulation.Policy.Schedule.Regions.Length);
    private readonly List<LivenessCheck> _untold = [];

    // Three in a row are an outage where one region decides, whatever lost them: no more than two are lost here.
    private readonly Dictionary<OrchestratorId, int> _lostInARow = [];
    private DateTimeOffset _nextSummary;
    private bool _controlsWell;

    public void Watch()
    {
        time.After(Turn, Watch);
        if (Covers(Frozen)) return;
        var urgent = false;
        var number = time.Now.Ticks / Turn.Ticks;
        var turns = (int)(_every / Turn);
        var shift = simulation.Policy.Schedule.Regions.IndexOf(Id) * turns / simulation.Policy.Schedule.Regions.Length;
        foreach (var orchestrator in simulation.Fleet)
        {
            if (orchestrator.Listed && ((orchestrator.Number * 37) + shift) % turns == number % turns) urgent |= Check(orchestrator);
        }

        if (SeesHub)
        {
            foreach (var ordered in simulation.Hub.TakeOrders(Id)) urgent |= Check(simulation.Find(ordered)) || true;
        }

        if (!urgent && time.Now < _nextSummary) return;

        // What was not taken is told again with the next turn.
        _nextSummary = time.Now;
        if (!SeesHub || _untold.Count == 0 || random.OneIn(30)) return;
        simulation.Liveness!.Saw(Id, _untold);
        var controlsWell = _controlsWell;
        _controlsWell = false;
        if (simulation.Hub.Liveness(Id, [.. _untold], controlsWell) && !random.OneIn(30))
        {
            _untold.Clear();
            _nextSummary = time.Now + _every;
        }

        if (_untold.Count > 5_000) _untold.RemoveRange(0, 1_000);
    }

    private bool Check(SimulatedOrchestrator orchestrator)
    {
        if (_untold.Exists(c => c.Orchestrator == orchestrator.Id && c.At == time.Now)) return false;
        var silent = Covers(Silent);
        var alive = !silent && orchestrator.Answers(time.Now, Id) && !IsLost(orchestrator.Id)
            && (orchestrator.Nature != Nature.Slow || orchestrator.Answer(time.Now, Id, random) == OutcomeCode.Completed);

        // A failing control says that it is us. One that is well does not show what fails in silence.
        if (Covers(Failing))
        {
            if (simulation.HasControls) return false;
            alive = false;
        }

        if (!alive && simulation.HasControls) _controlsWell = true;
        _untold.Add(new LivenessCheck(orchestrator.Id, time.Now, alive, alive ? OutcomeCode.Completed : OutcomeCode.Unreachable));
        return !alive;
    }

    private bool IsLost(OrchestratorId orchestrator)
    {
        var before = _lostInARow.GetValueOrDefault(orchestrator);
        var isLost = random.OneIn(LostOneIn) && before < 2;
        _lostInARow[orchestrator] = isLost ? before + 1 : 0;
        return isLost;
    }
}
