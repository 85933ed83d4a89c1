namespace Monitoring.Web;

/// <summary>Puts a reply on the wire with the old API's headers (leaderboard reference A.2); unlike there an error is never cacheable.</summary>
internal static class Headers
{
    public const string PublicCache = "public, max-age=30, stale-while-revalidate=15";
    public const string NoStore = "no-store";

    private const string ReadMethods = "GET, HEAD, POST, OPTIONS";
    private const string PostMethods = "POST, GET, OPTIONS, PUT, DELETE";
    private const string AllowedHeaders = "Accept, Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token, Authorization";

    /// <summary>Answers a read: open to pages of every origin.</summary>
    public static Task SendAsync(HttpContext context, Reply reply)
    {
        context.Response.Headers.AccessControlAllowOrigin = "*";
        return SendPrivateAsync(context, reply, reply.Status == StatusCodes.Status200OK ? PublicCache : NoStore);
    }

    /// <summary>Answers with JSON and without the header that opens it to other origins.</summary>
    public static Task SendPrivateAsync(HttpContext context, Reply reply, string cacheControl)
    {
        var response = context.Response;
        response.StatusCode = reply.Status;
        response.Headers.CacheControl = cacheControl;
        if (reply.Status == StatusCodes.Status503ServiceUnavailable) response.Headers.RetryAfter = "5";
        response.ContentType = "application/json";
        return SendBodyAsync(context, reply.Body);
    }

    /// <summary>Answers with plain text.</summary>
    public static Task SendTextAsync(HttpContext context, int status, ReadOnlyMemory<byte> text, string type = "text/plain; charset=utf-8")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return SendBodyAsync(context, text);
    }

    /// <summary>Answers the question that a browser asks before a request across origins.</summary>
    public static Task SendPreflightAsync(HttpContext context, bool post)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlAllowMethods = post ? PostMethods : ReadMethods;
        headers.AccessControlAllowHeaders = AllowedHeaders;
        headers.AccessControlMaxAge = "600";
        headers.Allow = post ? PostMethods : ReadMethods;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static Task SendBodyAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.BodyWriter.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
