namespace Monitoring.Web;

/// <summary>
/// <c>/livez</c>: the process answers; it never touches storage, so a database that is down restarts nothing. <c>/readyz</c> and
/// <c>/api/health</c> (in the active fork's shape, which names its store "postgres" whatever it is): results can be stored and read.
/// </summary>
internal sealed partial class HealthRoutes(IStoreHealth store, TimeProvider clock, ILogger<HealthRoutes> log)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly byte[] Live = "ok\n"u8.ToArray();
    private static readonly byte[] NotReady = "the store of results does not answer\n"u8.ToArray();
    private static readonly byte[] Well = """{"postgres":{"ok":true}}"""u8.ToArray();
    private static readonly byte[] Unwell = """{"postgres":{"ok":false,"error":"connection failed"}}"""u8.ToArray();

    public static Task LiveAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = Headers.NoStore;
        return Headers.SendTextAsync(context, StatusCodes.Status200OK, Live);
    }

    public async Task ReadyAsync(HttpContext context)
    {
        var ready = await IsReadyAsync(context.RequestAborted);
        context.Response.Headers.CacheControl = Headers.NoStore;
        await Headers.SendTextAsync(context, ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, ready ? Live : NotReady);
    }

    public async ValueTask<Reply> AnswerAsync(HttpContext context) =>
        await IsReadyAsync(context.RequestAborted).ConfigureAwait(false) ? Reply.Ok(Well) : new Reply(StatusCodes.Status503ServiceUnavailable, Unwell);

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await store.IsReadyAsync(cancellationToken).AsTask().WaitAsync(Limit, clock, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            NotWell(log, e);
            return false;
        }
    }

    [LoggerMessage(6020, LogLevel.Warning, "The store of results did not say that it is well")]
    private static partial void NotWell(ILogger log, Exception e);
}
