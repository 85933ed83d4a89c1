using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>Maps the orchestrators: all as data, one as data, one as a page. Paths are exact, and an address is answered in any case.</summary>
internal sealed partial class OrchestratorRoutes(OrchestratorList list, OrchestratorViews views, WebOptions options, ILogger<OrchestratorRoutes> log)
{
    private const string ListPath = "/api/v1/orchestrators";
    private const string PagePath = "/orchestrators";

    private static readonly byte[] Unknown = "No such orchestrator is known.\n"u8.ToArray();
    private static readonly byte[] Unreadable = "The results cannot be read just now; try again in a few seconds.\n"u8.ToArray();

    public void Map(IEndpointRouteBuilder endpoints)
    {
        string[] methods = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Options];
        endpoints.MapMethods(ListPath, methods, ListAsync);
        endpoints.MapMethods(ListPath + "/{address}", methods, OneAsync);
        endpoints.MapMethods(PagePath + "/{address}", [HttpMethods.Get, HttpMethods.Head], PageAsync);
    }

    private static string Named(HttpContext context) => context.Request.RouteValues["address"] as string ?? "";

    private Task ListAsync(HttpContext context) =>
        ExactPath.Is(context, ListPath) ? AnswerAsync(context, () => Task.FromResult(list.Answer())) : ExactPath.NotFoundAsync(context);

    private Task OneAsync(HttpContext context) => ExactPath.Is(context, $"{ListPath}/{Named(context)}")
        ? AnswerAsync(context, async () =>
        {
            var (view, refusal) = await ReadAsync(context);
            return view is null ? refusal : Reply.Ok(OrchestratorViews.Write(view, options.Window));
        })
        : ExactPath.NotFoundAsync(context);

    private static async Task AnswerAsync(HttpContext context, Func<Task<Reply>> answer)
    {
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            await Headers.SendPreflightAsync(context, post: false);
            return;
        }

        var reply = await answer();
        if (reply.Status == StatusCodes.Status200OK && EntityTag.IsKnown(context, reply.Body.Span))
        {
            context.Response.Headers.AccessControlAllowOrigin = "*";
            context.Response.Headers.CacheControl = Headers.PublicCache;
            return;
        }

        await Headers.SendAsync(context, reply);
    }

    private async Task PageAsync(HttpContext context)
    {
        if (!ExactPath.Is(context, $"{PagePath}/{Named(context)}"))
        {
            await ExactPath.NotFoundAsync(context);
            return;
        }

        var (view, refusal) = await ReadAsync(context);
        if (view is null)
        {
            context.Response.Headers.CacheControl = Headers.NoStore;
            await Headers.SendTextAsync(context, refusal.Status, refusal.Status == StatusCodes.Status404NotFound ? Unknown : Unreadable);
            return;
        }

        await HtmlReply.SendAsync(context, new OrchestratorPage(options, view).Write());
    }

    private async Task<(OrchestratorView? View, Reply Refusal)> ReadAsync(HttpContext context)
    {
        if (!OrchestratorId.TryParse(Named(context), out var id)) return (null, Reply.Error(StatusCodes.Status404NotFound, "an orchestrator is named by its address: 0x and 40 hex digits"));
        try
        {
            return await views.ReadAsync(id, context.RequestAborted) is { } view
                ? (view, default)
                : (null, Reply.Error(StatusCodes.Status404NotFound, "no such orchestrator is in the active set or was measured in the last 30 days"));
        }
        catch (RefusedReadException refused)
        {
            return (null, refused.Reply);
        }
        catch (Exception e)
        {
            // Whoever went away needs no answer, and the log no line.
            if (!context.RequestAborted.IsCancellationRequested) LogFailed(id, e);
            return (null, Reply.Error(StatusCodes.Status503ServiceUnavailable, "the results cannot be read just now; ask again in a few seconds"));
        }
    }

    [LoggerMessage(6031, LogLevel.Error, "Answering for {Orchestrator} failed; the client was told to ask again")]
    private partial void LogFailed(OrchestratorId orchestrator, Exception e);
}
