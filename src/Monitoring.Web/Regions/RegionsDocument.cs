using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>The answer of <c>/api/regions</c>. The list is configuration, so the bytes are made once.</summary>
internal sealed class RegionsDocument(WebOptions options)
{
    private readonly byte[] _bytes = JsonBytes.Of(json =>
    {
        json.WriteStartObject();
        if (options.Regions.IsEmpty)
        {
            // The old server's answer where its table is empty.
            json.WriteNull("regions");
        }
        else
        {
            json.WriteStartArray("regions");
            foreach (var region in options.Regions)
            {
                json.WriteStartObject();
                json.WriteString("id", region.Id.Code);
                json.WriteString("name", region.Name);
                json.WriteString("type", region.Type == JobType.Ai ? "ai" : "transcoding");
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    });

    public ValueTask<Reply> AnswerAsync(HttpContext context) => ValueTask.FromResult(Reply.Ok(_bytes));
}
