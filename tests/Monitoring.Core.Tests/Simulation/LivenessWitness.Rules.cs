namespace Monitoring.Core.Tests;

/// <content>Incidents of lower severity, those of the instrument, and those of the network: each about what truly was, and none missed.</content>
internal sealed partial class LivenessWitness
{
    private readonly List<TimeSpan> _stormsTold = [];

    private static readonly ImmutableArray<IncidentRule> OfInstrument =
        [IncidentRule.RegionStale, IncidentRule.RegionAnomaly, IncidentRule.CoverageLow, IncidentRule.FloatLow, IncidentRule.ChainUnreachable, IncidentRule.SnapshotOld];

    private int _coincidences;

    /// <summary>How long it took until the network's incident was told.</summary>
    public IReadOnlyList<TimeSpan> StormsTold => _stormsTold;

    /// <summary>Spans that an incident of a rule had to tell of, and that it told of.</summary>
    public SortedDictionary<IncidentRule, int> Expected { get; } = [];

    private void Opened(Incident incident)
    {
        var key = incident.Key;
        if (OfInstrument.Contains(key.Rule))
        {
            simulation.Require(key.Orchestrator is null && incident.Severity == Severity.Warning, $"{key} is {incident.Severity}");

            // Of five that are asked three may be at fault themselves, each for a reason of its own.
            if (key.Rule == IncidentRule.RegionAnomaly && !IsTrue(key) && ++_coincidences <= (simulation.Now - simulation.Start).TotalDays + 1) return;
            simulation.Require(IsTrue(key), $"{key} is told of an instrument that is well: {incident.Summary}");
        }
        else if (key.Rule != IncidentRule.OrchestratorDown && simulation.HasRules)
        {
            simulation.Require(incident.Severity != Severity.Page, $"{key} pages");
            var orchestrator = simulation.Find(key.Orchestrator!.Value);
            simulation.Require(IsTrueOf(orchestrator, key.Rule), $"{key} is told of one who is {orchestrator.Nature}: {incident.Summary}");
        }
    }

    private bool IsTrue(IncidentKey key)
    {
        bool Lately(IEnumerable<Span> spans, int minutes) => spans.Any(s => s.Touches(simulation.Now.AddMinutes(-minutes), simulation.Now));
        if (key.Region is { } id)
        {
            var region = simulation.Regions.Single(r => r.Id == id);
            return key.Rule == IncidentRule.RegionStale ? Lately(region.Frozen.Concat(region.CutOff).Concat(simulation.Hub.Downtimes), 2) : Lately(region.Failing.Concat(region.Silent).Concat(simulation.Storms.Where(IsOfTheNetwork).Select(s => s.Span)), 25) || simulation.Regions.All(r => r == region || Lately(Impairments(r), 25));
        }

        return key.Rule == IncidentRule.CoverageLow
            ? simulation.Regions.SelectMany(r => Impairments(r)).Where(s => s.Touches(simulation.Now.AddDays(-1), simulation.Now)).Sum(s => (s.Until - s.From).TotalHours) > 0.05 * simulation.Regions.Count * Math.Min(24, (simulation.Now - simulation.Start).TotalHours)
            : Lately(simulation.Instrument.Of(key.Rule), 1);
    }

    // What counts as failing to a rule, by nature; a faultless one is nobody's incident, whatever happens to the instrument.
    private bool IsTrueOf(SimulatedOrchestrator orchestrator, IncidentRule rule) => rule switch
    {
        IncidentRule.PricedOut => orchestrator.Nature == Nature.Pricey,
        IncidentRule.PersistentlyCapped => orchestrator.Nature == Nature.Capping,
        IncidentRule.NotTested => !simulation.Store.Of(orchestrator).GroupBy(r => r.Test).Select(g => g.MaxBy(r => r.Revision)!).Any(r => r.Outcome.Counts && simulation.Now - r.TestTime < simulation.Policy.Availability.NotTestedFor && !simulation.Hub.View.IsMuted(r.Region, r.TestTime)),
        IncidentRule.ScoreSlide => orchestrator.Nature is Nature.Dragging or Nature.Capping or Nature.Failing or Nature.Rocking or Nature.Remote or Nature.Slow,
        _ => orchestrator.Nature is Nature.Dragging or Nature.Capping or Nature.Failing or Nature.Rocking or Nature.Remote or Nature.Slow,
    };

    private bool IsOfTheNetwork(Storms.Storm storm) => storm.Numbers.Count * 3 > simulation.Fleet.Count;

    private bool IsOfTheNetwork(Span outage) => simulation.Storms.Any(s => IsOfTheNetwork(s) && s.Span == outage);

    // Where one region has no control, its own outage looks the same, and the page says so.
    private void NetworkPaged(Incident incident)
    {
        var gone = simulation.Fleet.Count(o => simulation.Regions.All(r => !WasWell(o, r))) * 4 > simulation.Fleet.Count;
        // Of those that are at work, for one that stands still or is cut off has no word.
        var blind = simulation.Regions.All(r => Impairments(r).Any(s => s.Touches(simulation.Now.AddMinutes(-10), simulation.Now)));
        simulation.Require(gone || blind, $"{incident.Key} pages, and most are well");
        if (!gone && !simulation.HasControls) simulation.Require(incident.Summary.Contains("our own connection", StringComparison.Ordinal), $"{incident.Key} does not say that it may be ours: {incident.Summary}");
    }

    private void CloseStorms()
    {
        var pages = Pages.Where(t => t[0].Incident.Key is { Rule: IncidentRule.OrchestratorDown, Orchestrator: null }).ToList();
        foreach (var storm in simulation.Storms.Where(IsOfTheNetwork))
        {
            var of = pages.Where(t => t[0].Incident.OpenedAt >= storm.Span.From && t[0].Incident.OpenedAt < storm.Span.Until).ToList();
            simulation.Require(of.Count == 1, $"{storm.Numbers.Count} of {simulation.Fleet.Count} were gone from {storm.Span.From:O} to {storm.Span.Until:O}, and {of.Count} pages told of the network");
            var took = of[0][0].Incident.OpenedAt - storm.Span.From;
            simulation.Require(took <= Limit, $"the network was gone from {storm.Span.From:O} and that was told after {took}");
            _stormsTold.Add(took);
            simulation.Require(of[0][^1].Kind == NotificationKind.Resolved && of[0][^1].Incident.ResolvedAt <= storm.Span.Until.AddMinutes(15), $"{of[0][0].Incident.Key} is not over after {storm.Span.Until:O}");
        }
    }

    private void CloseRules()
    {
        if (!simulation.HasRules) return;
        foreach (var rule in new[] { IncidentRule.FloatLow, IncidentRule.ChainUnreachable, IncidentRule.SnapshotOld })
        {
            var lag = rule == IncidentRule.SnapshotOld ? 5 : 0;
            foreach (var span in simulation.Instrument.Of(rule)) Expect(rule, null, null, span, TimeSpan.FromMinutes(lag + 4), TimeSpan.FromMinutes(4));
        }

        foreach (var region in simulation.Regions)
        {
            foreach (var span in Merged(region.Frozen.Concat(region.CutOff))) Expect(IncidentRule.RegionStale, null, region.Id, span, TimeSpan.FromMinutes(14), TimeSpan.FromMinutes(4));
        }

        foreach (var orchestrator in simulation.Fleet)
        {
            // By the latest test of most regions: a day of 8 rounds in each, some of them spoilt.
            IncidentRule? rule = orchestrator.Nature switch { Nature.Pricey => IncidentRule.PricedOut, Nature.Untested => IncidentRule.NotTested, Nature.Dragging => IncidentRule.RealTimeRateLow, _ => null };
            if (rule is { } expected) Expect(expected, orchestrator.Id, null, orchestrator.Bad[0], TimeSpan.FromHours(expected == IncidentRule.NotTested ? 20 : 13), expected == IncidentRule.RealTimeRateLow ? TimeSpan.FromHours(30) : TimeSpan.FromHours(13));
            if (orchestrator.Nature == Nature.Dragging) Expect(IncidentRule.ScoreSlide, orchestrator.Id, null, orchestrator.Bad[0], TimeSpan.FromHours(22), TimeSpan.FromHours(60));
        }
    }

    // A trouble that lasts longer than the rule needs is told once while it lasts, and is over soon after it.
    private void Expect(IncidentRule rule, OrchestratorId? orchestrator, RegionId? region, Span span, TimeSpan within, TimeSpan over)
    {
        if (span.Until - span.From < within + TimeSpan.FromMinutes(1) || span.From + within > simulation.Now) return;
        var isSlow = within > TimeSpan.FromHours(1);
        if (!isSlow && simulation.Hub.Downtimes.Any(d => d.Touches(span.From.AddMinutes(-1), span.From + within) || d.Touches(span.Until, span.Until + over))) return;
        var of = _told.Values.Where(t => t[0].Incident.Key is var key && key.Rule == rule && key.Orchestrator == orchestrator && key.Region == region && t[0].Incident.OpenedAt >= span.From && t[0].Incident.OpenedAt <= span.From + within).ToList();

        // What follows from tests may pass for a while, where those of a region are void.
        simulation.Require(of.Count == 1 || (isSlow && of.Count > 1), $"{rule} of {orchestrator?.Text ?? region?.Code ?? "the instrument"} from {span.From:O} to {span.Until:O} was told {of.Count} times");
        Expected[rule] = Expected.GetValueOrDefault(rule) + 1;
        if (span.Until + over < simulation.Now)
            simulation.Require(of[^1][^1].Kind == NotificationKind.Resolved && of[^1][^1].Incident.ResolvedAt <= span.Until + over, $"{of[^1][0].Incident.Key} is not over after {span.Until:O}");
    }
}
