using System.Text.Json;
using Monitoring.Alerting;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>Answers what operators ask about their subscriptions. A body is whatever a stranger has sent.</summary>
internal static class SubscriptionAnswers
{
    private static readonly Reply NoObject = Reply.BadRequest("the body is not a JSON object");

    /// <summary>A text to sign for what the body asks for.</summary>
    public static Reply Issue(ReadOnlyMemory<byte> body, ILeaderboard board, SubscriptionBook book) => Parsed(body) is { } json ? Issue(json, board, book) : NoObject;

    /// <summary>Does what the body asks for, if its signature is good.</summary>
    public static Task<Reply> DoAsync(ReadOnlyMemory<byte> body, SubscriptionBook book, CancellationToken cancellationToken) =>
        Parsed(body) is { } json ? DoAsync(json, book, cancellationToken) : Task.FromResult(NoObject);

    private static JsonElement? Parsed(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 4 });
            return json.RootElement.ValueKind == JsonValueKind.Object && IsText(json.RootElement) ? json.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The parser leaves texts as they came: one that is no UTF-8, or half a surrogate, is found only when it is read.
    private static bool IsText(JsonElement body)
    {
        try
        {
            foreach (var property in body.EnumerateObject())
            {
                _ = property.Name;
                if (property.Value.ValueKind == JsonValueKind.String) _ = property.Value.GetString();
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static Reply Issue(JsonElement body, ILeaderboard board, SubscriptionBook book)
    {
        if (!TryRead(body, out var request, out var why)) return Reply.BadRequest(why);
        if (!board.Current.Rows.Any(r => r.Orchestrator == request.Orchestrator)) return Reply.Error(StatusCodes.Status404NotFound, "that orchestrator is not on the board");
        var challenge = book.Nonces.Issue(request);
        return Reply.Ok(JsonBytes.Of(json =>
        {
            json.WriteStartObject();
            json.WriteString("message", challenge.Text);
            json.WriteString("nonce", challenge.Nonce);
            json.WriteNumber("expires", challenge.ExpiresAt.ToUnixTimeSeconds());
            json.WriteEndObject();
        }));
    }

    private static async Task<Reply> DoAsync(JsonElement body, SubscriptionBook book, CancellationToken stop)
    {
        if (!TryRead(body, out var request, out var why)) return Reply.BadRequest(why);
        if (Text(body, "nonce") is not { } nonce || !body.TryGetProperty("expires", out var expires) || expires.ValueKind != JsonValueKind.Number || !expires.TryGetInt64(out var seconds) || seconds is < 0 or > 100_000_000_000)
            return Reply.BadRequest("nonce and expires are expected as they were issued");
        if (!TryReadSignature(Text(body, "signature"), out var signature)) return Reply.BadRequest("signature is expected: 0x and 130 hex digits");
        var answer = await book.DoAsync(request, nonce, DateTimeOffset.FromUnixTimeSeconds(seconds), signature, stop);
        return answer.Verdict switch
        {
            SubscriptionVerdict.Done => new Reply(request.Action == SubscriptionAction.Subscribe ? StatusCodes.Status201Created : StatusCodes.Status200OK, Written(answer, request.Action)),
            SubscriptionVerdict.BadNonce or SubscriptionVerdict.BadSignature => Reply.Error(StatusCodes.Status403Forbidden, answer.Text),
            SubscriptionVerdict.TooMany => Reply.Error(StatusCodes.Status409Conflict, answer.Text),
            SubscriptionVerdict.NotVerified => Reply.Error(StatusCodes.Status422UnprocessableEntity, answer.Text),
            SubscriptionVerdict.NotFound => Reply.Error(StatusCodes.Status404NotFound, answer.Text),
            _ => Reply.Error(StatusCodes.Status503ServiceUnavailable, answer.Text),
        };
    }

    // The secret is told once, to whoever made the subscription.
    private static byte[] Written(SubscriptionAnswer answer, SubscriptionAction action) => JsonBytes.Of(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("subscriptions");
        foreach (var subscription in answer.Subscriptions)
        {
            json.WriteStartObject();
            json.WriteString("id", subscription.Id);
            json.WriteString("orchestrator", subscription.Orchestrator.Text);
            json.WriteString("url", subscription.Url);
            json.WriteString("created_at", subscription.CreatedAt.UtcDateTime);
            if (action == SubscriptionAction.Subscribe) json.WriteString("secret", subscription.Secret);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static bool TryRead(JsonElement body, out SubscriptionRequest request, out string why)
    {
        request = null!;
        why = "";
        if (!OrchestratorId.TryParse(Text(body, "orchestrator"), out var orchestrator)) why = "orchestrator is expected: 0x and 40 hex digits";
        else
        {
            switch (Text(body, "action"))
            {
                case "subscribe":
                    if (SubscriptionUrl.TryParse(Text(body, "url"), out _, out why)) request = new(SubscriptionAction.Subscribe, orchestrator, Text(body, "url")!);
                    break;
                case "delete":
                    if (Text(body, "id") is { Length: 32 } id && id.All(char.IsAsciiHexDigitLower)) request = new(SubscriptionAction.Delete, orchestrator, id);
                    else why = "id is expected: the 32 hex digits of a subscription";
                    break;
                case "list":
                    request = new(SubscriptionAction.List, orchestrator, "");
                    break;
                default:
                    why = "action is expected: subscribe, list or delete";
                    break;
            }
        }

        return request is not null;
    }

    private static bool TryReadSignature(string? text, out byte[] signature)
    {
        signature = new byte[65];
        if (text is not { Length: 132 } || !text.StartsWith("0x", StringComparison.Ordinal)) return false;
        return Convert.FromHexString(text.AsSpan(2), signature, out _, out var written) == System.Buffers.OperationStatus.Done && written == 65;
    }

    private static string? Text(JsonElement body, string name) => body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
