namespace Monitoring.Web;

/// <summary>What a read route answers: a body with status 200, or an error with its text.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The JSON.</param>
internal readonly record struct Reply(int Status, ReadOnlyMemory<byte> Body)
{
    /// <summary>The answer that no result matches.</summary>
    public static Reply EmptyObject { get; } = Ok("{}"u8.ToArray());

    public static Reply Ok(ReadOnlyMemory<byte> body) => new(StatusCodes.Status200OK, body);

    public static Reply BadRequest(string text) => Error(StatusCodes.Status400BadRequest, text);

    public static Reply Error(int status, string text) => new(status, JsonBytes.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("error", text);
        json.WriteEndObject();
    }));
}
