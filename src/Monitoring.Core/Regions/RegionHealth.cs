namespace Monitoring.Core;

/// <summary>Limits of the anomaly rule (design section 5).</summary>
public sealed record AnomalyPolicy
{
    /// <summary>The time looked back on. 20 min.</summary>
    public TimeSpan Span { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>The fewest orchestrators that are good elsewhere and were tested here, for the rule to say anything. 5.</summary>
    public int LeastOrchestrators { get; init; } = 5;

    /// <summary>How old evidence from another region may be to say that an orchestrator is good. 24 h.</summary>
    public TimeSpan GoodElsewhere { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How old a liveness check from another region may be to say whether an orchestrator answers there. 2 h.</summary>
    public TimeSpan AnswersElsewhere { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How long closed anomalies are remembered, for reports that come late. 72 h.</summary>
    public TimeSpan Remember { get; init; } = TimeSpan.FromHours(72);
}

/// <summary>
/// Tells a region that fails from orchestrators that fail. Of at least five orchestrators whose latest evidence from another region is
/// good, more than half fail here within 20 minutes, or a control fails: the region is at fault, and every result of that span, good and
/// bad, is void. The span begins that long before it was seen and ends when it has passed. Evidence is the raw verdict of each
/// test, also of those made void, so that the end is seen as well as the beginning.
/// </summary>
public sealed class RegionHealth : IRegionWitnesses
{
    private readonly AnomalyPolicy _policy;
    private readonly bool _byChecks;
    private readonly ImmutableDictionary<(RegionId Region, OrchestratorId Orchestrator), Seen> _latest;
    private readonly ImmutableDictionary<RegionId, RecentEvidence> _recent;
    private readonly ImmutableDictionary<RegionId, DateTimeOffset> _controlsFailedAt;
    private readonly ImmutableDictionary<RegionId, DateTimeOffset> _controlsWellAt;
    private readonly ImmutableDictionary<RegionId, LatestChecks> _checks;

    private RegionHealth(
        AnomalyPolicy policy,
        bool byChecks,
        ImmutableDictionary<(RegionId, OrchestratorId), Seen> latest,
        ImmutableDictionary<RegionId, RecentEvidence> recent,
        ImmutableDictionary<RegionId, DateTimeOffset> controlsFailedAt,
        ImmutableDictionary<RegionId, DateTimeOffset> controlsWellAt,
        ImmutableDictionary<RegionId, LatestChecks> checks,
        ImmutableArray<AnomalySpan> anomalies)
    {
        _policy = policy;
        _byChecks = byChecks;
        _latest = latest;
        _recent = recent;
        _controlsFailedAt = controlsFailedAt;
        _controlsWellAt = controlsWellAt;
        _checks = checks;
        Anomalies = anomalies;
    }

    /// <summary>Anomalies that last or are remembered, oldest first.</summary>
    public ImmutableArray<AnomalySpan> Anomalies { get; }

    /// <summary>No evidence yet; tests will be it, and liveness checks say beside them who answers elsewhere.</summary>
    public static RegionHealth New(AnomalyPolicy policy) => New(policy, byChecks: false);

    /// <summary>No evidence yet; liveness checks will be all of it.</summary>
    public static RegionHealth OfChecks(AnomalyPolicy policy) => New(policy, byChecks: true);

    /// <summary>The same with anomalies that were remembered over a restart.</summary>
    public RegionHealth Remembering(IEnumerable<AnomalySpan> anomalies) => With(anomalies: [.. anomalies.OrderBy(a => a.From)]);

    /// <summary>A test in a region ended with a verdict that is evidence: good when something valid came back, bad when it is an orchestrator fault.</summary>
    public RegionHealth OnEvidence(RegionId region, OrchestratorId orchestrator, DateTimeOffset testTime, bool good, DateTimeOffset now)
    {
        var key = (region, orchestrator);
        var latest = _latest.TryGetValue(key, out var seen) && seen.At > testTime ? _latest : _latest.SetItem(key, new Seen(testTime, good));
        return With(latest, _recent.SetItem(region, RecentOf(region).With([(orchestrator, testTime, good)]))).Look(region, now, sawFailure: !good);
    }

    /// <summary>Liveness checks of several orchestrators, which are looked at together; here a check is the evidence.</summary>
    public RegionHealth OnEvidence(RegionId region, IEnumerable<(OrchestratorId Orchestrator, DateTimeOffset At, bool Good)> seen, DateTimeOffset now)
    {
        var all = seen.ToList();
        return OnChecks(region, all, now).With(recent: _recent.SetItem(region, RecentOf(region).With(all))).Look(region, now, sawFailure: all.Exists(s => !s.Good));
    }

    /// <summary>
    /// Liveness checks beside the evidence of tests, which is hours old where each is tested a few times a day: whoever answers no other region
    /// is not good elsewhere, so that an outage of many is not taken for the fault of each region that sees it.
    /// </summary>
    public RegionHealth OnChecks(RegionId region, IEnumerable<(OrchestratorId Orchestrator, DateTimeOffset At, bool Good)> seen, DateTimeOffset now) =>
        With(checks: _checks.SetItem(region, _checks.GetValueOrDefault(region, LatestChecks.None).With(seen, now - _policy.GoodElsewhere)));

    /// <summary>The region's controls were tried: outside hosts that must always answer.</summary>
    public RegionHealth OnControls(RegionId region, bool well, DateTimeOffset now) =>
        With(controls: well ? _controlsFailedAt.Remove(region) : _controlsFailedAt.SetItem(region, now)).Look(region, now);

    /// <summary>The region has controls, asked them because somebody did not answer, and they were well. It closes no anomaly.</summary>
    public RegionHealth OnControlsWell(RegionId region, DateTimeOffset now) => With(controlsWell: _controlsWellAt.SetItem(region, now));

    /// <inheritdoc />
    /// <remarks>By the checks that were learnt in reports.</remarks>
    public RegionWitness WitnessOf(RegionId region, OrchestratorId except, DateTimeOffset since, DateTimeOffset until)
    {
        var (answered, failed, later) = _checks.GetValueOrDefault(region, LatestChecks.None).Between(except, since, until, _policy.Span);
        return new RegionWitness(answered, failed, later, _controlsWellAt.TryGetValue(region, out var well) && well >= since);
    }

    /// <summary>Time passed: old evidence is dropped, and an anomaly that has passed is closed.</summary>
    public RegionHealth OnTick(DateTimeOffset now)
    {
        var health = this;
        var open = Anomalies.Where(a => a.Until is null).Select(a => a.Region);
        foreach (var region in _recent.Keys.Concat(_controlsFailedAt.Keys).Concat(open).Distinct()) health = health.Look(region, now);
        var remembered = health.Anomalies.RemoveAll(a => a.Until is { } until && now - until > _policy.Remember);
        var old = health._latest.Where(l => now - l.Value.At > _policy.GoodElsewhere).Select(l => l.Key).ToList();
        return remembered.Length == health.Anomalies.Length && old.Count == 0
            ? health
            : health.With(latest: old.Count == 0 ? null : health._latest.RemoveRange(old), anomalies: remembered);
    }

    private static RegionHealth New(AnomalyPolicy policy, bool byChecks) => new(
        policy,
        byChecks,
        ImmutableDictionary<(RegionId, OrchestratorId), Seen>.Empty,
        ImmutableDictionary<RegionId, RecentEvidence>.Empty,
        ImmutableDictionary<RegionId, DateTimeOffset>.Empty,
        ImmutableDictionary<RegionId, DateTimeOffset>.Empty,
        ImmutableDictionary<RegionId, LatestChecks>.Empty,
        []);

    // Most of what is seen is good, and by itself opens nothing: what time or another region brings about beside it is seen with the next failure or tick.
    private RegionHealth Look(RegionId region, DateTimeOffset now, bool sawFailure = true)
    {
        var since = now - _policy.Span;
        var health = _recent.TryGetValue(region, out var recent) ? With(recent: _recent.SetItem(region, recent.After(since))) : this;
        var controlsFailed = _controlsFailedAt.TryGetValue(region, out var failedAt);
        var open = Anomalies.FirstOrDefault(a => a.Region == region && a.Until is null);
        if (open is null && !sawFailure && !controlsFailed) return health;
        var (asked, failing) = health.Count(region, now, countsNobodyFailing: open is not null);
        var majorityFails = asked >= _policy.LeastOrchestrators && failing * 2 > asked;
        if (open is null)
        {
            if (!majorityFails && !controlsFailed) return health;
            var reason = controlsFailed
                ? $"a control of {region} failed"
                : $"{failing} of {asked} orchestrators that are good elsewhere failed from {region} within {_policy.Span.TotalMinutes:0} minutes";
            return health.With(anomalies: Anomalies.Add(new AnomalySpan(region, since, null, reason)));
        }

        // It has passed when the rule could speak again and does not; with too little evidence to say, it goes on for one more span, and for as long as
        // hardly anybody answers here who answers elsewhere.
        if (majorityFails || controlsFailed) return health;
        var quiet = asked < _policy.LeastOrchestrators;
        if (quiet && (now - Latest(open, failedAt) < _policy.Span + _policy.Span || health.IsDeaf(region, now))) return health;
        return health.With(anomalies: Anomalies.Replace(open, open with { Until = now }));
    }

    private static DateTimeOffset Latest(AnomalySpan open, DateTimeOffset failedAt) => open.From > failedAt ? open.From : failedAt;

    private RecentEvidence RecentOf(RegionId region) => _recent.GetValueOrDefault(region, RecentEvidence.None);

    // Of the orchestrators tested here lately: how many are good elsewhere, and how many of those fail here by their latest test. Tens of thousands may
    // pass: of them no more are counted than it takes to know that they are at least as many as fail, and enough to say anything.
    private (int Asked, int Failing) Count(RegionId region, DateTimeOffset now, bool countsNobodyFailing)
    {
        var recent = RecentOf(region);
        var failing = recent.Failing.Count(f => IsGoodElsewhere(region, f.Key, f.Value, now));
        if (failing == 0 && !countsNobodyFailing) return (0, 0);
        var passing = recent.Passing.Keys.Where(o => IsGoodElsewhere(region, o, now, now)).Take(Math.Max(failing, _policy.LeastOrchestrators - failing)).Count();
        return (failing + passing, failing);
    }

    // Whether most do not answer here, by their latest check within the span, of those who answer elsewhere.
    private bool IsDeaf(RegionId region, DateTimeOffset now)
    {
        int asked = 0, failing = 0;
        foreach (var (orchestrator, at, good) in _checks.GetValueOrDefault(region, LatestChecks.None).Since(now - _policy.Span))
        {
            if (AnswersElsewhere(region, orchestrator, good ? now : at, now) != true) continue;
            asked++;
            if (!good) failing++;
        }

        return asked >= _policy.LeastOrchestrators && failing * 2 > asked;
    }

    private bool IsGoodElsewhere(RegionId region, OrchestratorId orchestrator, DateTimeOffset at, DateTimeOffset now)
    {
        var answers = AnswersElsewhere(region, orchestrator, at, now);
        if (answers == false) return false;
        Seen? latest = null;
        foreach (var other in _recent.Keys)
        {
            if (other == region || !_latest.TryGetValue((other, orchestrator), out var seen)) continue;
            if (Anomalies.Any(a => a.Region == other && a.Covers(seen.At))) continue;
            if (now - seen.At <= _policy.GoodElsewhere && (latest is null || seen.At > latest.Value.At)) latest = seen;
        }

        // Whoever answers is alive, which does not make his work good: only where checks are all the evidence does an answer stand for it.
        return latest?.Good ?? (_byChecks && answers == true);
    }

    // Null where no other region has checked it lately. Whoever answers elsewhere only since he failed here has come back, and contradicts nothing.
    private bool? AnswersElsewhere(RegionId region, OrchestratorId orchestrator, DateTimeOffset at, DateTimeOffset now)
    {
        bool? answers = null;
        foreach (var (other, checks) in _checks)
        {
            if (other == region || checks.Of(orchestrator) is not { } check || now - check.At > _policy.AnswersElsewhere) continue;
            if (Anomalies.Any(a => a.Region == other && a.Covers(check.At))) continue;
            if (check.Good && check.Since <= at) return true;
            answers = false;
        }

        return answers;
    }

    private RegionHealth With(
        ImmutableDictionary<(RegionId, OrchestratorId), Seen>? latest = null,
        ImmutableDictionary<RegionId, RecentEvidence>? recent = null,
        ImmutableDictionary<RegionId, DateTimeOffset>? controls = null,
        ImmutableDictionary<RegionId, DateTimeOffset>? controlsWell = null,
        ImmutableDictionary<RegionId, LatestChecks>? checks = null,
        ImmutableArray<AnomalySpan>? anomalies = null) =>
        new(_policy, _byChecks, latest ?? _latest, recent ?? _recent, controls ?? _controlsFailedAt, controlsWell ?? _controlsWellAt, checks ?? _checks, anomalies ?? Anomalies);

    private readonly record struct Seen(DateTimeOffset At, bool Good);
}
