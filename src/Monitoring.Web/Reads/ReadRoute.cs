namespace Monitoring.Web;

/// <summary>
/// A route that answers a read: for every method, as the old server does (a POST with a query is somebody's habit), except that OPTIONS
/// answers a preflight. The path is exact; what fails inside reaches the client without a word of the driver's.
/// </summary>
internal sealed partial class ReadRoute(ILogger<ReadRoute> log)
{
    public void Map(IEndpointRouteBuilder endpoints, string path, Func<HttpContext, ValueTask<Reply>> answer) =>
        endpoints.Map(path, context => HandleAsync(context, path, answer));

    private async Task HandleAsync(HttpContext context, string path, Func<HttpContext, ValueTask<Reply>> answer)
    {
        if (!ExactPath.Is(context, path))
        {
            await ExactPath.NotFoundAsync(context);
            return;
        }

        if (HttpMethods.IsOptions(context.Request.Method))
        {
            await Headers.SendPreflightAsync(context, post: false);
            return;
        }

        Reply reply;
        try
        {
            reply = await answer(context);
        }
        catch (RefusedReadException refused)
        {
            reply = refused.Reply;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            Failed(log, path, e);
            reply = Reply.Error(StatusCodes.Status503ServiceUnavailable, "the results cannot be read just now; ask again in a few seconds");
        }

        await Headers.SendAsync(context, reply);
    }

    [LoggerMessage(6001, LogLevel.Error, "Answering {Path} failed; the client was told to ask again")]
    private static partial void Failed(ILogger log, string path, Exception e);
}
