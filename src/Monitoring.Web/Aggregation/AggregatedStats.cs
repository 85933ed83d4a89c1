using Monitoring.Core;

namespace Monitoring.Web;

/// <summary><c>/api/aggregated_stats</c>: which of the three tables answers (published, computed, AI).</summary>
internal sealed class AggregatedStats(PublishedTable published, ComputedTable computed, AiResults ai, WebOptions options, TimeProvider clock)
{
    public async ValueTask<Reply> AnswerAsync(HttpContext context)
    {
        if (!context.Request.QueryString.HasValue) return Reply.Ok(published.All());
        if (StatsQuery.TryParse(context.Request.QueryString, clock.GetUtcNow(), options.Window, out var problem) is not { } query)
        {
            return Reply.BadRequest(problem);
        }

        if (query.MatchesNothing) return Reply.EmptyObject;
        if (query.JobType == JobType.Ai) return Reply.Ok(await AiAsync(query, context.RequestAborted).ConfigureAwait(false));

        // Transcoding results have no model.
        if (query.Model.Length > 0) return Reply.EmptyObject;
        if (!query.IsPublishedWindow) return Reply.Ok(await computed.ReadAsync(query, context.RequestAborted).ConfigureAwait(false));
        return Reply.Ok(query.Orchestrator is null && query.Region is null ? published.All() : published.Some(query.Orchestrator, query.Region));
    }

    // The median is the network's, so all orchestrators are read and the one asked for is picked out at the end. Where no model is named, several
    // groups meet in one cell, and the last in order of pipeline and model stays.
    private async Task<ReadOnlyMemory<byte>> AiAsync(StatsQuery query, CancellationToken cancellationToken)
    {
        var rows = await ai.ReadAsync(query, cancellationToken).ConfigureAwait(false);
        var median = AiResults.Median(rows);
        var hidden = published.Hidden();
        var table = new ScoreTable();
        foreach (var group in AiResults.Group(rows))
        {
            if (query.Orchestrator is { } one && group.Orchestrator != one) continue;
            if (!hidden.Contains(group.Orchestrator)) table.Set(group.Orchestrator, group.Region, group.Score(median));
        }

        return table.ToJson();
    }
}
