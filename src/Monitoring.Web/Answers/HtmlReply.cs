using System.Text;

namespace Monitoring.Web;

/// <summary>Puts a page on the wire, with the headers that forbid it everything but its own style.</summary>
internal static class HtmlReply
{
    public static async Task SendAsync(HttpContext context, string html)
    {
        var bytes = Encoding.UTF8.GetBytes(html);
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = PageStyle.Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = Headers.PublicCache;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.BodyWriter.WriteAsync(bytes, context.RequestAborted);
    }
}
