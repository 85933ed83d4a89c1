using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Web;

/// <summary>Posted AI results of a window, straight from the store.</summary>
internal sealed class AiResults(BoundedReads reads)
{
    /// <summary>The counted AI results inside the query; its orchestrator is not looked at, for medians are of the network.</summary>
    public async Task<List<AiRow>> ReadAsync(StatsQuery query, CancellationToken cancellationToken)
    {
        var rows = new List<AiRow>();
        var select = new ResultQuery { From = query.Since, Until = query.Until, Region = query.Region };
        await foreach (var result in reads.ReadAsync(select, TimeSpan.Zero, cancellationToken).ConfigureAwait(false))
        {
            if (result is not { Outcome.Counts: true, Summary: { Posted: { IsAi: true } posted } summary }) continue;
            if (query.Model.Length > 0 && (posted.Model != query.Model || posted.Pipeline != query.Pipeline)) continue;
            rows.Add(new AiRow(result.Orchestrator, result.Region, posted.Pipeline, posted.Model, summary.Averages));
        }

        return rows;
    }

    /// <summary>The median round trip of the rows that worked perfectly; 0 without any.</summary>
    public static double Median(IEnumerable<AiRow> rows) => LegacyScores.MedianRoundTrip(rows.Select(row => row.Averages));

    /// <summary>Averages by orchestrator, region, pipeline and model, in that order.</summary>
    public static IEnumerable<AiGroup> Group(IEnumerable<AiRow> rows) => rows
        .GroupBy(row => (row.Orchestrator, row.Region, row.Pipeline, row.Model))
        .Select(group => new AiGroup(
            group.Key.Orchestrator, group.Key.Region, group.Key.Pipeline, group.Key.Model,
            group.Average(row => row.Averages.SuccessRate), group.Average(row => row.Averages.RoundTripTime)))
        .OrderBy(group => group.Orchestrator).ThenBy(group => group.Region)
        .ThenBy(group => group.Pipeline, StringComparer.Ordinal).ThenBy(group => group.Model, StringComparer.Ordinal);
}

/// <summary>One AI result.</summary>
internal readonly record struct AiRow(OrchestratorId Orchestrator, RegionId Region, string Pipeline, string Model, LegacyAverages Averages);

/// <summary>The averages of one orchestrator, region, pipeline and model.</summary>
internal readonly record struct AiGroup(
    OrchestratorId Orchestrator, RegionId Region, string Pipeline, string Model, double SuccessRate, double RoundTripTime)
{
    public Scores Score(double median) => LegacyScores.Ai(SuccessRate, RoundTripTime, median);
}
