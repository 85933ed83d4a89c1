using System.Globalization;

namespace Monitoring.Core;

/// <summary>
/// The incidents about the instrument itself: a region stale or at fault, coverage under its target, the float low, the chain out of reach, the
/// published snapshot old. None of them wakes anybody: whether the instrument lives at all is for an outside dead-man's switch.
/// </summary>
public static class InstrumentHealth
{
    /// <summary>Opens and resolves incidents by what was read. The same readings again change nothing.</summary>
    /// <param name="book">The incidents of the instrument.</param>
    /// <param name="readings">What was read.</param>
    /// <param name="now">When, UTC.</param>
    /// <param name="policy">The rules.</param>
    public static IncidentBook Look(IncidentBook book, InstrumentReadings readings, DateTimeOffset now, InstrumentPolicy policy)
    {
        foreach (var region in readings.Regions)
        {
            var stale = now - region.LastAsked > policy.StaleFor;
            book = Judge(book, IncidentRule.RegionStale, region.Region, stale, region.LastAsked, now, $"{region.Region} has not asked for work since {region.LastAsked:u}", $"{region.Region} asks for work again");
            var span = readings.Anomalies.FirstOrDefault(a => a.Region == region.Region && a.Until is null);
            book = Judge(book, IncidentRule.RegionAnomaly, region.Region, span is not null, span?.From, now, $"{region.Region} is at fault, and what it sees does not count: {span?.Reason}", $"{region.Region} measures again");
        }

        // A region that is configured no more is nobody's business.
        foreach (var gone in book.Open.Where(o => o.Incident.Key.Region is { } r && !readings.Regions.Any(x => x.Region == r)).ToList())
        {
            book = book.Resolved(gone.Incident.Key.Rule, gone.Incident.Key.Region, now, $"{gone.Incident.Key.Region} is no region of this monitor any more.");
        }

        if (readings.Planned >= policy.LeastPlanned)
        {
            var coverage = (double)readings.Counted / readings.Planned;
            bool? low = coverage < policy.Coverage ? true : coverage >= policy.CoverageAgain ? false : null;
            book = Judge(book, IncidentRule.CoverageLow, null, low, null, now, string.Create(CultureInfo.InvariantCulture, $"{coverage:0.0%} of the tests planned in 24 h counted; {policy.Coverage:0%} is the target"), "Enough of the planned tests count again");
        }

        var lag = now - readings.UnpublishedSince > policy.SnapshotLag;
        book = Judge(book, IncidentRule.SnapshotOld, null, lag, readings.UnpublishedSince, now, $"The published snapshot does not show what is known since {readings.UnpublishedSince:u}", "The published snapshot is new again");
        book = Judge(book, IncidentRule.FloatLow, null, readings.Funds is null ? null : readings.Funds.Length > 0, null, now, readings.Funds ?? "", "The float is sufficient again");
        return Judge(book, IncidentRule.ChainUnreachable, null, readings.Chain is null ? null : readings.Chain.Length > 0, null, now, readings.Chain ?? "", "The chain answers again");
    }

    private static IncidentBook Judge(IncidentBook book, IncidentRule rule, RegionId? region, bool? holds, DateTimeOffset? since, DateTimeOffset now, string what, string over) => holds switch
    {
        true => book.Opened(new Incident
        {
            Key = new IncidentKey(rule, null, region, 0), Severity = Severity.Warning, Since = since ?? now, OpenedAt = now, Summary = Outcome.Clean(what + "."),
        }),
        false => book.Resolved(rule, region, now, over + "."),
        null => book,
    };
}
