using System.Text;

namespace Monitoring.Web;

/// <summary>
/// <c>/livez</c>: the process answers; it never touches storage, so a database that is down restarts nothing. <c>/readyz</c> and
/// <c>/api/health</c> (in the active fork's shape, which names its store "postgres" whatever it is): results can be stored and read; where not, <c>/readyz</c> says why.
/// </summary>
internal sealed partial class HealthRoutes(IStoreHealth store, TimeProvider clock, ILogger<HealthRoutes> log)
{
    private const string NoAnswer = "the store of results does not answer";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly byte[] Live = "ok\n"u8.ToArray();
    private static readonly byte[] Well = """{"postgres":{"ok":true}}"""u8.ToArray();
    private static readonly byte[] Unwell = """{"postgres":{"ok":false,"error":"connection failed"}}"""u8.ToArray();

    public static Task LiveAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = Headers.NoStore;
        return Headers.SendTextAsync(context, StatusCodes.Status200OK, Live);
    }

    public async Task ReadyAsync(HttpContext context)
    {
        var trouble = await TroubleAsync(context.RequestAborted);
        context.Response.Headers.CacheControl = Headers.NoStore;
        await Headers.SendTextAsync(context, trouble is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, trouble is null ? Live : Encoding.UTF8.GetBytes(trouble + "\n"));
    }

    public async ValueTask<Reply> AnswerAsync(HttpContext context) =>
        await TroubleAsync(context.RequestAborted).ConfigureAwait(false) is null ? Reply.Ok(Well) : new Reply(StatusCodes.Status503ServiceUnavailable, Unwell);

    private async Task<string?> TroubleAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await store.TroubleAsync(cancellationToken).AsTask().WaitAsync(Limit, clock, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            NotWell(log, e);
            return NoAnswer;
        }
    }

    [LoggerMessage(6020, LogLevel.Warning, "The store of results did not say that it is well")]
    private static partial void NotWell(ILogger log, Exception e);
}
