using System.Text.Json;

namespace Monitoring.Web;

/// <summary><c>/api/pipelines</c>: the pipelines that AI results of the window are of, with their models and regions, in order of their names.</summary>
internal sealed class Pipelines(AiResults ai, WebOptions options, TimeProvider clock)
{
    public async ValueTask<Reply> AnswerAsync(HttpContext context)
    {
        if (StatsQuery.TryParse(context.Request.QueryString, clock.GetUtcNow(), options.Window, out var problem) is not { } query)
        {
            return Reply.BadRequest(problem);
        }

        // Model and pipeline are checked but select nothing; an orchestrator is not looked at.
        var rows = query.IsEmptyWindow || query.IsImpossibleRegion
            ? []
            : await ai.ReadAsync(query with { Model = "", Pipeline = "" }, context.RequestAborted).ConfigureAwait(false);
        return Reply.Ok(JsonBytes.Of(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("pipelines");
            foreach (var pipeline in rows.GroupBy(row => row.Pipeline).OrderBy(group => group.Key, StringComparer.Ordinal))
            {
                json.WriteStartObject();
                json.WriteString("id", pipeline.Key);
                WriteNames(json, "models", pipeline.Select(row => row.Model));
                WriteNames(json, "regions", pipeline.Select(row => row.Region.Code));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    private static void WriteNames(Utf8JsonWriter json, string field, IEnumerable<string> names)
    {
        json.WriteStartArray(field);
        foreach (var name in names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }
}
