using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Web;

/// <summary>
/// <c>/api/raw_stats</c>: every counted result of one orchestrator by region, newest first, ours and posted ones alike. The newest
/// <see cref="MaximumRows"/> are answered, fewer where posted texts are so long that they would take more than <see cref="MaximumText"/>
/// characters; a client that wants more asks for shorter windows.
/// </summary>
internal sealed class RawStats(BoundedReads reads, WebOptions options, TimeProvider clock)
{
    public const int MaximumRows = 10_000;

    public const int MaximumText = 16 * 1024 * 1024;

    public async ValueTask<Reply> AnswerAsync(HttpContext context)
    {
        if (StatsQuery.TryParse(context.Request.QueryString, clock.GetUtcNow(), options.Window, out var problem) is not { } query)
        {
            return Reply.BadRequest(problem);
        }

        if (!query.NamesOrchestrator) return Reply.BadRequest("orchestrator is a required parameter");
        if (query.MatchesNothing || (query.JobType == JobType.Transcoding && query.Model.Length > 0)) return Reply.EmptyObject;

        var newest = new NewestRows(MaximumRows, MaximumText);
        var select = new ResultQuery { From = query.Since, Until = query.Until, Orchestrator = query.Orchestrator, Region = query.Region };
        await foreach (var result in reads.ReadAsync(select, TimeSpan.Zero, context.RequestAborted).ConfigureAwait(false))
        {
            if (Selects(query, result)) newest.Add(result);
        }

        return Reply.Ok(JsonBytes.Of(json =>
        {
            json.WriteStartObject();
            foreach (var region in newest.NewestFirst().GroupBy(result => result.Region).OrderBy(group => group.Key))
            {
                json.WriteStartArray(region.Key.Code);
                foreach (var result in region)
                {
                    RawRow.Write(json, result);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }));
    }

    private static bool Selects(StatsQuery query, OutcomeRevision result)
    {
        if (result is not { Outcome.Counts: true, Summary: { } summary }) return false;
        if ((summary.Posted?.IsAi ?? false) != (query.JobType == JobType.Ai)) return false;
        return query.Model.Length == 0 || (summary.Posted is { } posted && posted.Model == query.Model && posted.Pipeline == query.Pipeline);
    }
}
