using System.Text;
using Microsoft.AspNetCore.Http;

namespace Monitoring.Simulator;

/// <summary>A refusal by HTTP status, in the form of Go's <c>http.Error</c>: one line of plain text.</summary>
internal sealed record Refusal(int Status, string Text)
{
    public static readonly Refusal NotFound = new(404, "404 page not found");
    public static readonly Refusal ServerError = new(500, "Internal Server Error");

    public async Task WriteAsync(HttpResponse response, CancellationToken cancellation)
    {
        var body = Encoding.UTF8.GetBytes(Text + "\n");
        response.StatusCode = Status;
        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength = body.Length;
        response.Headers.XContentTypeOptions = "nosniff";
        await response.Body.WriteAsync(body, cancellation);
    }
}
