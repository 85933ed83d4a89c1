using Monitoring.Alerting;

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
        ArgumentNullException.ThrowIfNull(endpoints);
        return endpoints.ServiceProvider.GetService<SubscriptionBook>() is { IsOpen: true } ? endpoints.MapSubscriptions(AlertRoutes.Own(endpoints.ServiceProvider)) : endpoints;
    }

    /// <summary>Maps both routes for a host of which another process may keep the subscriptions. While nobody does the answer is 503 with <c>Retry-After</c>.</summary>
    /// <param name="endpoints">Where to.</param>
    /// <param name="ask">Asks whoever keeps them.</param>
    public static IEndpointRouteBuilder MapSubscriptions(this IEndpointRouteBuilder endpoints, AskAlerts ask)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(ask);
        var time = endpoints.ServiceProvider.GetRequiredService<TimeProvider>();
        var free = new SemaphoreSlim(AtOnce);
        endpoints.MapPost("/api/v1/subscriptions/nonces", NonceAsync);
        endpoints.MapPost("/api/v1/subscriptions", DoneAsync);
        return endpoints;

        Task NonceAsync(HttpContext context) => AnswerAsync(context, free, time, AlertSubject.Nonce, ask);
        Task DoneAsync(HttpContext context) => AnswerAsync(context, free, time, AlertSubject.Subscription, ask);
    }

    private static async Task AnswerAsync(HttpContext context, SemaphoreSlim free, TimeProvider time, AlertSubject subject, AskAlerts ask)
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
            reply = await ReadAsync(context, either.Token) is { } body
                ? (await ask(new AlertQuestion(subject, body), either.Token)).ToReply()
                : Reply.Error(StatusCodes.Status413PayloadTooLarge, $"the body is larger than {MostBytes} bytes");
        }
        catch (BadHttpRequestException e)
        {
            reply = Reply.Error(e.StatusCode, "the body could not be read");
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // What keeps the book was given up meanwhile.
            reply = AlertAnswer.Nobody.ToReply();
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

    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var buffer = new byte[MostBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length > MostBytes ? default(ReadOnlyMemory<byte>?) : buffer.AsMemory(0, length);
    }
}
