namespace Monitoring.Core.Tests;

/// <summary>The append-only store: the first write of (test, revision) wins, and what it holds is checked as it comes.</summary>
internal sealed class SimulatedStore(Simulation simulation)
{
    private readonly Dictionary<(TestId, int), OutcomeRevision> _all = [];
    private readonly Dictionary<TestId, OutcomeRevision> _last = [];
    private readonly Dictionary<OrchestratorId, List<OutcomeRevision>> _byOrchestrator = [];
    private readonly Dictionary<RegionId, List<OutcomeRevision>> _measured = simulation.Policy.Schedule.Regions.ToDictionary(r => r, _ => new List<OutcomeRevision>());

    public IEnumerable<OutcomeRevision> Last => _last.Values;

    public OutcomeRevision? LastOf(TestId test) => _last.GetValueOrDefault(test);

    public IReadOnlyList<OutcomeRevision> Of(SimulatedOrchestrator orchestrator) => _byOrchestrator.GetValueOrDefault(orchestrator.Id, []);

    public void Append(SimulatedOrchestrator orchestrator, OutcomeRevision revision)
    {
        if (!_all.TryAdd((revision.Test, revision.Revision), revision)) return;
        simulation.Require(revision.Orchestrator == orchestrator.Id, "a revision names another orchestrator");
        simulation.Require(simulation.LedgerOf(orchestrator).IsPlanned(revision.Test, revision.TestTime, revision.Region), $"{revision.Test} at {revision.TestTime:O} was never planned");
        if (_last.TryGetValue(revision.Test, out var last))
        {
            simulation.Require(last.TestTime == revision.TestTime && last.Region == revision.Region, $"{revision.Test} has two instants or regions");
        }

        if (last is null || last.Revision < revision.Revision) _last[revision.Test] = revision;
        if (!_byOrchestrator.TryGetValue(orchestrator.Id, out var list)) _byOrchestrator[orchestrator.Id] = list = [];
        list.Add(revision);
        if (revision.Revision == OutcomeRevision.Measured) _measured[revision.Region].Add(revision);
    }

    /// <summary>Results of a span that somebody has to judge again.</summary>
    public IEnumerable<(SimulatedOrchestrator Orchestrator, TestId Test, DateTimeOffset At)> MeasuredIn(AnomalySpan span) =>
        [.. _measured[span.Region].Where(r => span.Covers(r.TestTime)).Select(r => (simulation.Find(r.Orchestrator), r.Test, r.TestTime))];
}
