namespace Monitoring.Web;

/// <summary>All parts of the instrument together, the worst first, and the answer of <c>/api/v1/instrument</c>.</summary>
internal sealed class InstrumentParts(IEnumerable<IInstrumentStatus> parts)
{
    private readonly ImmutableArray<IInstrumentStatus> _parts = [.. parts];

    /// <summary>What all parts say; of one level in the order of the parts.</summary>
    public ImmutableArray<InstrumentState> Current() => [.. _parts.SelectMany(part => part.Current).OrderByDescending(state => state.Level)];

    /// <summary>The states as JSON: <c>name</c>, <c>state</c> (<c>ok</c>, <c>warning</c> or <c>alarm</c>), <c>text</c>, <c>since</c> (RFC 3339, UTC).</summary>
    public ValueTask<Reply> AnswerAsync(HttpContext context) => ValueTask.FromResult(Reply.Ok(JsonBytes.Of(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("instrument");
        foreach (var state in Current())
        {
            json.WriteStartObject();
            json.WriteString("name", state.Name);
            json.WriteString("state", WordOf(state.Level));
            json.WriteString("text", state.Text);
            json.WriteString("since", state.Since.UtcDateTime);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    })));

    /// <summary>The level as it is written for people and programs.</summary>
    public static string WordOf(InstrumentLevel level) => level switch { InstrumentLevel.Alarm => "alarm", InstrumentLevel.Warning => "warning", _ => "ok" };
}
