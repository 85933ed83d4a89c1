using System.Collections.Frozen;
using System.Reflection;

namespace Monitoring.Web;

/// <summary>Answers with the runbook of an alert, as plain text: those of helm/monitoring/runbooks, as they were when this was built.</summary>
internal static class RunbookRoute
{
    public const string Pattern = "/runbooks/{name}";
    private const string Prefix = "runbooks/";
    private static readonly FrozenDictionary<string, byte[]> All = Read();

    public static Task HandleAsync(HttpContext context)
    {
        if (!All.TryGetValue((string)context.Request.RouteValues["name"]!, out var text)) return ExactPath.NotFoundAsync(context);
        context.Response.Headers.CacheControl = Headers.PublicCache;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Headers.SendTextAsync(context, StatusCodes.Status200OK, text);
    }

    private static FrozenDictionary<string, byte[]> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(n => n[Prefix.Length..], name =>
        {
            using var from = assembly.GetManifestResourceStream(name)!;
            using var to = new MemoryStream();
            from.CopyTo(to);
            return to.ToArray();
        }, StringComparer.Ordinal);
    }
}
