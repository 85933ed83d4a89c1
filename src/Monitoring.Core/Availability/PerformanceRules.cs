using System.Globalization;

namespace Monitoring.Core;

/// <summary>
/// What is worth an incident of lower severity: a score that slides, nothing tested for long, priced out, persistently capped, too few
/// segments in real time. Each is judged by the windows alone, over all regions together, and not judged on too little.
/// </summary>
internal static class PerformanceRules
{
    /// <summary>Opens and resolves the incidents of these rules.</summary>
    /// <param name="state">An orchestrator in the active set.</param>
    /// <param name="watchedSince">Since when it is watched, UTC.</param>
    /// <param name="now">The instant, UTC.</param>
    /// <param name="policy">The rules.</param>
    /// <param name="regions">Which regions were not to be trusted when: what they found then is nobody's incident.</param>
    public static IncidentBook Look(OrchestratorState state, DateTimeOffset watchedSince, DateTimeOffset now, Policy policy, RegionHealthView regions)
    {
        if (!regions.Muted.IsEmpty) state = state with { Cells = [.. state.Cells.Select(c => c with { Window = c.Window.Without(e => regions.IsMuted(c.Region, e.TestTime)) })] };
        var book = state.Availability.Incidents;
        book = Judge(book, state, IncidentRule.ScoreSlide, Severity.Warning, Slide(state, now, policy), now);
        book = Judge(book, state, IncidentRule.NotTested, Severity.Warning, NotTested(state, watchedSince, now, policy), now);
        book = Judge(book, state, IncidentRule.PricedOut, Severity.Info, Latest(state, OutcomeCode.PricedOut, "asks a price above the ceiling", policy), now);
        book = Judge(book, state, IncidentRule.PersistentlyCapped, Severity.Warning, Latest(state, OutcomeCode.PersistentlyCapped, "says that it is full more often than is excused", policy), now);
        return Judge(book, state, IncidentRule.RealTimeRateLow, Severity.Info, RealTime(state, book.Find(IncidentRule.RealTimeRateLow) is not null, now, policy), now);
    }

    private static IncidentBook Judge(IncidentBook book, OrchestratorState state, IncidentRule rule, Severity severity, Verdict verdict, DateTimeOffset now) => verdict.Holds switch
    {
        true => book.Opened(new Incident
        {
            Key = new IncidentKey(rule, state.Id, null, 0), Severity = severity, Since = verdict.Since ?? now, OpenedAt = now, Summary = $"{state.Id} {verdict.What}.",
        }),
        false => book.Resolved(rule, null, now, $"{state.Id}: no longer so ({rule})."),
        null => book,
    };

    // The mean over the regions that could be judged now and then.
    private static Verdict Slide(OrchestratorState state, DateTimeOffset now, Policy policy)
    {
        var rules = policy.Availability;
        double before = 0, after = 0;
        var regions = 0;
        foreach (var cell in state.Cells)
        {
            var last = cell.Window.Total(now - policy.Window, policy.Capped, now - rules.Settled);
            var then = now - rules.SlideWithin;
            var first = cell.Window.Total(then - policy.Window, policy.Capped, then);
            if (last.Counted < rules.LeastTests || first.Counted < rules.LeastTests) continue;
            regions++;
            before += ScoreFormula.Of(first.Sums).Total;
            after += ScoreFormula.Of(last.Sums).Total;
        }

        if (regions == 0) return default;
        var fall = (before - after) / regions;
        return fall >= rules.Slide
            ? new Verdict(true, string.Create(CultureInfo.InvariantCulture, $"fell from a score of {before / regions:0.00} to {after / regions:0.00} within {rules.SlideWithin.TotalHours:0.#} h"), now - rules.SlideWithin)
            : fall < rules.Slide / 2 ? new Verdict(false) : default;
    }

    private static Verdict NotTested(OrchestratorState state, DateTimeOffset watchedSince, DateTimeOffset now, Policy policy)
    {
        var last = watchedSince;
        foreach (var cell in state.Cells)
        {
            if (cell.Window.Latest(policy.Capped, c => c is OutcomeClass.Success or OutcomeClass.Fault) is { } counted && counted.At > last) last = counted.At;
        }

        return now - last >= policy.Availability.NotTestedFor
            ? new Verdict(true, string.Create(CultureInfo.InvariantCulture, $"has no test that counts since {last:u}"), last)
            : new Verdict(false);
    }

    // By the latest evidence of more than half of the regions that have any.
    private static Verdict Latest(OrchestratorState state, OutcomeCode code, string what, Policy policy)
    {
        int regions = 0, so = 0;
        foreach (var cell in state.Cells)
        {
            if (cell.Window.Latest(policy.Capped, c => c is OutcomeClass.Success or OutcomeClass.Fault or OutcomeClass.Excluded) is not { } latest) continue;
            regions++;
            if (latest.Code == code) so++;
        }

        return regions == 0 ? default : so * 2 > regions ? new Verdict(true, $"{what}, in {so} of {regions} regions") : new Verdict(false);
    }

    private static Verdict RealTime(OrchestratorState state, bool isOpen, DateTimeOffset now, Policy policy)
    {
        int segments = 0, inTime = 0, tests = 0;
        foreach (var cell in state.Cells)
        {
            var totals = cell.Window.Total(now - policy.Window, policy.Capped, now - policy.Availability.Settled);
            segments += totals.SourceSegments;
            inTime += totals.RealTimeSegments;
            tests += totals.Counted;
        }

        if (tests < policy.Availability.LeastTests || segments == 0) return default;
        var rate = (double)inTime / segments;
        if (rate >= (isOpen ? policy.Availability.RealTimeRateAgain : policy.Availability.RealTimeRate)) return new Verdict(false);
        return isOpen ? default : new Verdict(true, string.Create(CultureInfo.InvariantCulture, $"brought {rate:0.0%} of its segments back in real time within 24 h"));
    }

    private readonly record struct Verdict(bool? Holds, string What = "", DateTimeOffset? Since = null);
}
