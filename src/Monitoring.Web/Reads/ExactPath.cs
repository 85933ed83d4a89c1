namespace Monitoring.Web;

/// <summary>
/// The old server's notion of a path: case counts and so does a slash at the end. ASP.NET Core's routing forgives both, so a client would
/// come to depend on addresses that no other server of this API knows.
/// </summary>
internal static class ExactPath
{
    private static readonly byte[] Text = "404 page not found\n"u8.ToArray();

    public static bool Is(HttpContext context, string path) => string.Equals(context.Request.Path.Value, path, StringComparison.Ordinal);

    public static Task NotFoundAsync(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = Headers.NoStore;
        return Headers.SendTextAsync(context, StatusCodes.Status404NotFound, Text);
    }
}
