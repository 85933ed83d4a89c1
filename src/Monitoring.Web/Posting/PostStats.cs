using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>
/// <c>/api/post_stats</c>: takes one result of another tester. Checks in the old server's order (signature, JSON, region, then ours), and
/// <c>ok</c> only once the result is durable.
/// </summary>
internal sealed partial class PostStats(
    PostAuthentication authentication, PostedResult posted, IPostedResults results, TimeProvider clock, ILogger<PostStats> log)
{
    public const string Path = "/api/post_stats";

    /// <summary>The largest body that is read.</summary>
    public const int MaximumBody = 1024 * 1024;

    private static readonly TimeSpan StoreLimit = TimeSpan.FromSeconds(30);
    private static readonly byte[] Taken = "ok"u8.ToArray();

    public async Task HandleAsync(HttpContext context)
    {
        if (!ExactPath.Is(context, Path))
        {
            await ExactPath.NotFoundAsync(context);
            return;
        }

        if (HttpMethods.IsOptions(context.Request.Method))
        {
            await Headers.SendPreflightAsync(context, post: true);
            return;
        }

        Reply refused;
        try
        {
            if (await TakeAsync(context) is not { } reply)
            {
                PostMetrics.Answered(StatusCodes.Status200OK);
                await Headers.SendTextAsync(context, StatusCodes.Status200OK, Taken);
                return;
            }

            refused = reply;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (BadHttpRequestException e)
        {
            refused = Reply.Error(e.StatusCode, "the body could not be read");
        }
        catch (Exception e)
        {
            Failed(log, e);
            refused = Unavailable();
        }

        PostMetrics.Answered(refused.Status);
        await Headers.SendPrivateAsync(context, refused, Headers.NoStore);
    }

    // Null when the result was taken.
    private async Task<Reply?> TakeAsync(HttpContext context)
    {
        // The first value alone counts, as in Go.
        var signature = context.Request.Headers.Authorization is [{ } first, ..] ? first : null;
        if (!authentication.IsPlausible(signature)) return Forbidden();
        if (await ReadBodyAsync(context) is not { } body)
        {
            return Reply.Error(StatusCodes.Status413PayloadTooLarge, $"the body is larger than {MaximumBody} bytes");
        }

        if (authentication.Check(signature, body.Span) is not { } grant) return Forbidden();
        if (PostedBody.TryParse(body.Span, out var problem) is not { } read) return Reply.BadRequest(problem);
        if (posted.RegionOf(read) is not { } region) return Reply.BadRequest("invalid region");
        if (!grant.Covers(region)) return Forbidden();
        if (posted.TryRead(read, region, body.Span, clock.GetUtcNow(), out problem) is not { } revision) return Reply.BadRequest(problem);

        // A client that hangs up now still has its result stored, and may post it again: it counts once.
        using var limit = new CancellationTokenSource(StoreLimit, clock);
        var answer = await results.PostAsync(revision, limit.Token);
        if (answer == PostAnswer.Refused) return Reply.BadRequest("the result contradicts itself, or its region is measured here");
        if (answer != PostAnswer.Stored) return Unavailable();
        Stored(log, revision.Test, revision.Orchestrator, region);
        return null;
    }

    private static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MaximumBody) return null;
        // Grown with what arrives: a stated length alone takes no memory.
        var buffer = new byte[16 * 1024];
        var length = 0;
        while (true)
        {
            var read = await context.Request.Body.ReadAsync(buffer.AsMemory(length), context.RequestAborted);
            if (read == 0) return buffer.AsMemory(0, length);
            length += read;
            if (length > MaximumBody) return null;
            if (length == buffer.Length) Array.Resize(ref buffer, Math.Min(buffer.Length * 2, MaximumBody + 1));
        }
    }

    private static Reply Forbidden() => Reply.Error(StatusCodes.Status403Forbidden, "request can not be authenticated");

    private static Reply Unavailable() => Reply.Error(StatusCodes.Status503ServiceUnavailable, "the result could not be stored; post it again later");

    [LoggerMessage(6010, LogLevel.Information, "Posted result {Test} of {Orchestrator} from {Region} is stored")]
    private static partial void Stored(ILogger log, TestId test, OrchestratorId orchestrator, RegionId region);

    [LoggerMessage(6011, LogLevel.Error, "A posted result could not be stored; the tester was told to post it again")]
    private static partial void Failed(ILogger log, Exception e);
}
