using System.Text.Json;
using Monitoring.Alerting;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>
/// Where operators subscribe a webhook for incidents of their own orchestrator. First <c>POST /api/v1/subscriptions/nonces</c> with what is
/// wanted gives a text; then the same body with nonce, expiry and the signature of that text (EIP-191, by the orchestrator's key) to
/// <c>POST /api/v1/subscriptions</c> does it.
/// </summary>
public static class SubscriptionRoutes
{
    private const int MostBytes = 8 * 1024;
    private const int AtOnce = 16;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Maps both routes. The host registers a <see cref="SubscriptionBook"/>; without one, or with one that is closed, nothing is mapped.</summary>
    public static IEndpointRouteBuilder MapSubscriptions(this IEndpointRouteBuilder endpoints)
    {
        return endpoints.ServiceProvider.GetService<SubscriptionBook>() is { IsOpen: true } book ? MapSubscriptions(endpoints, () => book) : endpoints;
    }

    /// <summary>Maps both routes for a host that tells of alerts only at times: while it does not it answers 503 with <c>Retry-After</c>.</summary>
    /// <param name="endpoints">Where to.</param>
    /// <param name="book">The book while this process keeps it, and takes subscriptions; null otherwise.</param>
    public static IEndpointRouteBuilder MapSubscriptions(this IEndpointRouteBuilder endpoints, Func<SubscriptionBook?> book)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(book);
        var services = endpoints.ServiceProvider;
        var board = services.GetRequiredService<ILeaderboard>();
        var time = services.GetRequiredService<TimeProvider>();
        var free = new SemaphoreSlim(AtOnce);
        endpoints.MapPost("/api/v1/subscriptions/nonces", NonceAsync);
        endpoints.MapPost("/api/v1/subscriptions", DoneAsync);
        return endpoints;

        Task NonceAsync(HttpContext context) => AnswerAsync(context, free, time, (body, _) => Task.FromResult(book() is { } here ? Issue(body, board, here) : Elsewhere()));
        Task DoneAsync(HttpContext context) => AnswerAsync(context, free, time, (body, stop) => book() is { } here ? DoAsync(body, here, stop) : Task.FromResult(Elsewhere()));
    }

    private static Reply Elsewhere() => Reply.Error(StatusCodes.Status503ServiceUnavailable, "another hub keeps the subscriptions just now; ask that one, or ask again");

    private static async Task AnswerAsync(HttpContext context, SemaphoreSlim free, TimeProvider time, Func<JsonElement, CancellationToken, Task<Reply>> act)
    {
        if (!await free.WaitAsync(TimeSpan.Zero))
        {
            await Headers.SendPrivateAsync(context, Reply.Error(StatusCodes.Status503ServiceUnavailable, "too many requests at once; ask again in a few seconds"), Headers.NoStore);
            return;
        }

        Reply reply;
        try
        {
            using var limit = new CancellationTokenSource(Limit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
            reply = await ReadAsync(context, either.Token) is { } body ? await act(body, either.Token) : Reply.Error(StatusCodes.Status413PayloadTooLarge, $"the body is larger than {MostBytes} bytes");
        }
        catch (JsonException)
        {
            reply = Reply.BadRequest("the body is not a JSON object");
        }
        catch (BadHttpRequestException e)
        {
            reply = Reply.Error(e.StatusCode, "the body could not be read");
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // What keeps the book was given up meanwhile.
            reply = Elsewhere();
        }
        catch (OperationCanceledException)
        {
            if (context.RequestAborted.IsCancellationRequested) return;
            reply = Reply.Error(StatusCodes.Status503ServiceUnavailable, "it took too long; try again later");
        }
        finally
        {
            free.Release();
        }

        await Headers.SendPrivateAsync(context, reply, Headers.NoStore);
    }

    private static async Task<JsonElement?> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var buffer = new byte[MostBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > MostBytes) return null;
        using var json = JsonDocument.Parse(buffer.AsMemory(0, length), new JsonDocumentOptions { MaxDepth = 4 });
        return json.RootElement.ValueKind == JsonValueKind.Object && IsText(json.RootElement) ? json.RootElement.Clone() : throw new JsonException();
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
