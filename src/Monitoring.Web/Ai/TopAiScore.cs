using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>
/// <c>/api/top_ai_score</c>: the best group of an orchestrator (highest success, then shortest round trip), scored against the network's
/// median of the same pipeline and model over all regions. Without an orchestrator the network's best, as the active fork answers.
/// </summary>
internal sealed class TopAiScore(AiResults ai, PublishedTable published, WebOptions options, TimeProvider clock)
{
    public async ValueTask<Reply> AnswerAsync(HttpContext context)
    {
        var name = StatsQuery.Values(context.Request.QueryString).GetValueOrDefault("orchestrator", "");
        var known = OrchestratorId.TryParse(name, out var orchestrator);
        if (name.Length > 0 && !known) return Reply.EmptyObject;

        var now = clock.GetUtcNow();
        var query = new StatsQuery { Since = now - options.Window, Until = now, IsPublishedWindow = true, JobType = JobType.Ai };
        var rows = await ai.ReadAsync(query, context.RequestAborted).ConfigureAwait(false);
        var hidden = published.Hidden();
        var ranked = AiResults.Group(rows)
            .Where(group => !hidden.Contains(group.Orchestrator) && (!known || group.Orchestrator == orchestrator))
            .OrderByDescending(group => group.SuccessRate).ThenBy(group => group.RoundTripTime)
            .Take(1).ToArray();
        if (ranked.Length == 0) return Reply.EmptyObject;

        var best = ranked[0];
        var median = AiResults.Median(rows.Where(row => row.Pipeline == best.Pipeline && row.Model == best.Model));
        return Reply.Ok(JsonBytes.Of(json =>
        {
            json.WriteStartObject();
            json.WriteString("region", best.Region.Code);
            json.WriteString("orchestrator", best.Orchestrator.Text);
            json.WriteFinite("value"u8, best.Score(median).Total);
            json.WriteString("model", best.Model);
            json.WriteString("pipeline", best.Pipeline);
            json.WriteEndObject();
        }));
    }
}
