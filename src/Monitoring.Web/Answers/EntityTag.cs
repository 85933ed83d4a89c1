using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Monitoring.Web;

/// <summary>Names an answer by its bytes, so that a client that has it is told so instead of getting it again (RFC 9110, 8.8.3 and 13.1.2).</summary>
internal static class EntityTag
{
    /// <summary>Puts the tag on the response.</summary>
    /// <returns>True when the client has these very bytes: the response is then a complete 304.</returns>
    public static bool IsKnown(HttpContext context, ReadOnlySpan<byte> body)
    {
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\"");
        context.Response.Headers.ETag = tag.ToString();
        if (!EntityTagHeaderValue.TryParseList(context.Request.Headers.IfNoneMatch, out var known) || !known.Any(k => k.Compare(tag, useStrongComparison: false) || k.Tag == "*")) return false;
        context.Response.StatusCode = StatusCodes.Status304NotModified;
        return true;
    }
}
