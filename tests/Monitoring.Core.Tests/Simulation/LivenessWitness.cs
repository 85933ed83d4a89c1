using System.Globalization;

namespace Monitoring.Core.Tests;

/// <summary>
/// Sees both sides: what the regions told of life, and what was told to the people. Holds after every notification: no page without a quorum
/// of regions that saw failures in a row, none about somebody who was well, each opened and resolved once and in order. Keeps how long it
/// took.
/// </summary>
internal sealed partial class LivenessWitness(Simulation simulation)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private readonly Dictionary<(RegionId, OrchestratorId), SortedDictionary<DateTimeOffset, bool>> _seen = [];
    private readonly Dictionary<IncidentKey, List<Notification>> _told = [];
    private readonly List<TimeSpan> _detected = [];
    private readonly List<TimeSpan> _recovered = [];

    public int Outages { get; private set; }

    public IReadOnlyList<TimeSpan> Detected => _detected;

    public IReadOnlyList<TimeSpan> Recovered => _recovered;

    public IEnumerable<Notification> All => _told.Values.SelectMany(t => t);

    public IEnumerable<List<Notification>> Pages => _told.Values.Where(t => t.Any(n => n.Incident.Severity == Severity.Page));

    public void Saw(RegionId region, IEnumerable<LivenessCheck> checks)
    {
        foreach (var check in checks) Note(region, check.Orchestrator, check.At, check.Alive);
    }

    public void Saw(RegionId region, TestResult result)
    {
        if (LivenessEvidence.Of(result.Outcome.Code) is { } alive) Note(region, result.Orchestrator, result.PlannedAt, alive);
    }

    public void Told(Notification notification)
    {
        var key = notification.Incident.Key;
        if (!_told.TryGetValue(key, out var told)) _told[key] = told = [];
        if (told.Any(t => t.Sequence == notification.Sequence)) return;
        simulation.Require(notification.Sequence == told.Count, $"{key} was told as {notification.Sequence} after {told.Count} others");
        simulation.Require((told.Count == 0) == (notification.Kind == NotificationKind.Opened), $"{key} begins with {notification.Kind}");
        simulation.Require(told.Count == 0 || told[^1].Kind != NotificationKind.Resolved, $"{key} goes on after it was resolved");
        told.Add(notification);
        if (notification.Kind == NotificationKind.Opened) Opened(notification.Incident);
        var wasPage = told.Count > 1 && told[^2].Incident.Severity == Severity.Page;
        if (notification.Incident.Severity != Severity.Page || wasPage || notification.Kind == NotificationKind.Resolved) return;
        simulation.Require(key.Rule == IncidentRule.OrchestratorDown, $"{key} pages");
        if (key.Orchestrator is { } id) Paged(simulation.Find(id), notification.Kind == NotificationKind.Opened ? notification.Incident.OpenedAt : simulation.Now);
        else NetworkPaged(notification.Incident);
    }

    /// <summary>At the end: every outage that anybody could see was found in time, and nothing lasts that is over.</summary>
    public void Close()
    {
        foreach (var orchestrator in simulation.Fleet.Where(o => o.Nature is Nature.Failing or Nature.Dying))
        {
            foreach (var outage in Merged(orchestrator.Bad))
            {
                if (outage.Until > simulation.Now || IsOfTheNetwork(outage) || !CouldBeSeen(orchestrator, outage)) continue;
                Outages++;
                var page = Pages.Where(t => t[0].Incident.Key.Orchestrator == orchestrator.Id).Select(t => t[0].Incident).Where(i => i.OpenedAt >= outage.From && i.OpenedAt < outage.Until).MinBy(i => i.OpenedAt);
                simulation.Require(page is not null, $"{orchestrator.Id} was gone from {outage.From:O} to {outage.Until:O} and nobody was told");
                var took = page!.OpenedAt - outage.From;
                simulation.Require(took <= Limit, $"{orchestrator.Id} was gone from {outage.From:O} and that was seen after {took}");
                _detected.Add(took);
                var resolved = _told[page.Key].FirstOrDefault(n => n.Kind == NotificationKind.Resolved);
                if (resolved is not null && resolved.Incident.ResolvedAt >= outage.Until) _recovered.Add(resolved.Incident.ResolvedAt!.Value - outage.Until);
            }
        }

        CloseStorms();
        CloseRules();
        foreach (var told in Pages.Where(t => t[^1].Kind != NotificationKind.Resolved && t[0].Incident.Key.Orchestrator is not null))
        {
            var orchestrator = simulation.Find(told[0].Incident.Key.Orchestrator!.Value);
            var quiet = orchestrator.Bad.All(b => !b.Touches(simulation.Now.AddHours(-4), simulation.Now));
            var state = simulation.Hub.StateOf(orchestrator).Availability;
            simulation.Require(!quiet, $"{told[0].Incident.Key} lasts, and {orchestrator.Id} is well for hours: {state.Phase} since {state.Since:T}, flapping {state.Flapping}, recovered {state.RecoveredAt:T}, {Memories(orchestrator)}");
        }
    }

    public static string Distribution(IReadOnlyList<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        string At(double share) => sorted.Count == 0 ? "-" : sorted[(int)Math.Min(sorted.Count - 1, share * sorted.Count)].TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        return $"n {sorted.Count}, min {At(0)} s, p10 {At(0.1)} s, p50 {At(0.5)} s, p90 {At(0.9)} s, p99 {At(0.99)} s, max {At(1)} s";
    }

    private void Note(RegionId region, OrchestratorId orchestrator, DateTimeOffset at, bool alive)
    {
        if (!_seen.TryGetValue((region, orchestrator), out var seen)) _seen[(region, orchestrator)] = seen = [];
        seen[at] = alive;
        while (seen.Count > 60) seen.Remove(seen.First().Key);
    }

    private void Paged(SimulatedOrchestrator orchestrator, DateTimeOffset at)
    {
        // Counted anew from what was reported: regions whose last two pieces of evidence, some time apart, are failures. What was decided may be told later.
        var failing = simulation.Regions.Count(r => Failures(r.Id, orchestrator.Id, at) >= 2);
        var alone = simulation.Regions.Any(r => Failures(r.Id, orchestrator.Id, at) >= 3);
        simulation.Require(failing >= 2 || (alone && simulation.Regions.Count(IsImpaired) >= simulation.Regions.Count - 1), $"{orchestrator.Id} pages by {failing} regions: {Memories(orchestrator)}");
        simulation.Require(!simulation.Storms.Any(s => IsOfTheNetwork(s) && s.Span.Touches(simulation.Now.AddMinutes(-10), simulation.Now)), $"{orchestrator.Id} pages by itself, and it is the network: {Memories(orchestrator)}");
        if (orchestrator.Nature == Nature.Slow) return;
        simulation.Require(simulation.Regions.Any(r => !WasWell(orchestrator, r)), $"{orchestrator.Id} pages, and it was well");
        simulation.Require(orchestrator.Nature != Nature.Remote || simulation.Regions.Count(r => Failures(r.Id, orchestrator.Id, at) >= 2 && !IsImpaired(r)) < 2, $"{orchestrator.Id} pages, and only one region's path failed: {Memories(orchestrator)}");
    }

    private string Memories(SimulatedOrchestrator orchestrator) => string.Join("; ", simulation.Hub.StateOf(orchestrator).Availability.Sights.Select(s =>
        $"{s.Region} {s.Failures}/{s.Answers} since {s.RunSince:T}, {simulation.Hub.WitnessOf(s, orchestrator.Id)}, saw " + string.Join(' ', _seen.GetValueOrDefault((s.Region, orchestrator.Id), []).TakeLast(6).Select(e => $"{e.Key:T}{(e.Value ? '+' : '-')}"))));

    // In a row at an instant. Of what came in at that very instant nobody knows here whether it was before the decision.
    private int Failures(RegionId region, OrchestratorId orchestrator, DateTimeOffset until) =>
        _seen.TryGetValue((region, orchestrator), out var seen) ? Math.Max(InARow(seen.Reverse().SkipWhile(e => e.Key > until)), InARow(seen.Reverse().SkipWhile(e => e.Key >= until || e.Key > Taken(region, orchestrator)))) : 0;

    // Of a report over which the hub died nothing is known yet; it comes again.
    private DateTimeOffset Taken(RegionId region, OrchestratorId orchestrator) => simulation.Hub.StateOf(simulation.Find(orchestrator)).Availability.SightOf(region).LastAt;

    private int InARow(IEnumerable<KeyValuePair<DateTimeOffset, bool>> latestFirst)
    {
        var count = 0;
        DateTimeOffset? last = null;
        foreach (var (at, alive) in latestFirst)
        {
            if (alive) break;
            if (last is not null && last - at < simulation.Policy.Availability.Spacing) continue;
            count++;
            last = at;
        }

        return count;
    }

    // A region stays muted for a while after its fault.
    private bool IsImpaired(SimulatedRegion region) => Impairments(region).Any(s => s.Touches(simulation.Now.AddMinutes(-45), simulation.Now));

    // Truly well, as nobody in the simulation but the witness can know.
    private bool WasWell(SimulatedOrchestrator orchestrator, SimulatedRegion region)
    {
        for (var at = simulation.Now.AddMinutes(-15); at <= simulation.Now; at = at.AddSeconds(30))
        {
            if (!orchestrator.Answers(at, region.Id)) return false;
        }

        return true;
    }

    // At least two regions and the hub were at work for as long as the limit, and there was somebody to find.
    private bool CouldBeSeen(SimulatedOrchestrator orchestrator, Span outage)
    {
        var until = outage.From + Limit;
        if (until > outage.Until || !orchestrator.Listed || orchestrator.ListedAt > outage.From.AddHours(-1) || orchestrator.ChangedAt > outage.From.AddHours(-1)) return false;
        if (orchestrator.Record.Maintenance.Any(m => m.From < until && m.Until > outage.From)) return false;
        var before = outage.From.AddMinutes(-15);
        if (simulation.Hub.Downtimes.Any(d => d.Touches(before, until))) return false;

        // What is told of already, because the one before is not over yet, is not told again.
        if (Pages.Any(t => t[0].Incident.Key.Orchestrator == orchestrator.Id && t[0].Incident.OpenedAt < outage.From && !(t[^1].Incident.ResolvedAt < outage.From))) return false;
        return simulation.Regions.Count(r => !Impairments(r).Any(s => s.Touches(before, until))) >= Math.Min(2, simulation.Regions.Count);
    }

    private static IEnumerable<Span> Impairments(SimulatedRegion region) => region.Frozen.Concat(region.Failing).Concat(region.Silent).Concat(region.CutOff);

    private static List<Span> Merged(IEnumerable<Span> spans)
    {
        var merged = new List<Span>();
        foreach (var span in spans.OrderBy(s => s.From))
        {
            if (merged.Count > 0 && span.From <= merged[^1].Until) merged[^1] = new Span(merged[^1].From, span.Until > merged[^1].Until ? span.Until : merged[^1].Until);
            else merged.Add(span);
        }

        return merged;
    }
}
