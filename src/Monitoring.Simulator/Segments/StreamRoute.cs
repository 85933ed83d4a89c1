using Microsoft.AspNetCore.Http;

namespace Monitoring.Simulator;

/// <summary><c>/stream/{session}/{profile}/{file}</c>: the renditions of open sessions (protocol section 2.4).</summary>
internal sealed class StreamRoute(NodeRun run)
{
    public async Task AnswerAsync(HttpContext http, string path)
    {
        var cancellation = http.RequestAborted;
        var parts = path.Split('/');
        if (parts.Length != 5 || run.Sessions.Find(parts[2])?.Memory.Find(parts[3], parts[4]) is not { } rendition)
        {
            await new Refusal(404, "ErrNotFound").WriteAsync(http.Response, cancellation);
            return;
        }

        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "Content-Length";
        headers.CacheControl = "max-age=5";
        // Not a jest: Go asks the machine's table, where ".ts" is a translation file. A client must not look at this header.
        http.Response.ContentType = path.EndsWith(".mp4", StringComparison.Ordinal) ? "video/mp4" : "text/vnd.trolltech.linguist; charset=utf-8";
        http.Response.ContentLength = rendition.Length;
        await DrippedBody.SendAsync(http.Response.Body, rendition, run.Behaviour.RenditionDrip, run.Fleet.Clock, cancellation);
        run.Counters.RenditionSent();
    }
}
