namespace Monitoring.Web;

/// <summary>Reads addresses to listen on.</summary>
public static class ListenAddresses
{
    /// <summary>Reads one: http, or https where that is taken, with <c>localhost</c>, an IP address of this machine, or * for all of them.</summary>
    /// <param name="text">As it was written.</param>
    /// <param name="takesHttps">True where an https address can be served.</param>
    /// <param name="why">What is wrong and what is expected; empty where nothing is.</param>
    /// <returns>The address; null where it is none, or names another host.</returns>
    public static Uri? Parse(string text, bool takesHttps, out string why)
    {
        ArgumentNullException.ThrowIfNull(text);
        why = "";

        // * and + stand for every address of the machine.
        var whole = text.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        if (!Uri.TryCreate(whole, UriKind.Absolute, out var url) || url.PathAndQuery != "/" || !(url.Scheme == Uri.UriSchemeHttp || (takesHttps && url.Scheme == Uri.UriSchemeHttps)))
            why = $"'{text}' is not an address to listen on; {(takesHttps ? "https://host:port is expected" : "http://host:port is expected (TLS belongs to the proxy in front)")}.";
        else if (url.HostNameType == UriHostNameType.Dns && !url.IsLoopback)
            why = $"'{text}' names a host; localhost, an IP address of this machine or * (all of them) is expected.";
        return why.Length == 0 ? url : null;
    }

    /// <summary>Reads <c>Urls</c>: where leaderboard and API are served.</summary>
    /// <param name="keys">The settings.</param>
    /// <param name="otherwise">Stands where nothing is set.</param>
    public static ImmutableArray<Uri> ReadUrls(KeyReader keys, string otherwise)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var urls = ImmutableArray.CreateBuilder<Uri>();
        foreach (var part in keys.Text("Urls", otherwise).Split([';', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Parse(part, takesHttps: false, out var why) is { } url) urls.Add(url);
            else keys.Problem("Urls", why);
        }

        if (urls.Count == 0) urls.Add(new Uri(otherwise));
        return urls.ToImmutable();
    }

    /// <summary>Reads <c>Urls</c> of a region: where its health and metrics are; empty for nowhere.</summary>
    /// <param name="keys">The settings.</param>
    public static ImmutableArray<Uri> ReadHealthUrls(KeyReader keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var urls = ImmutableArray.CreateBuilder<Uri>();
        foreach (var (key, text) in keys.List("Urls"))
        {
            if (Parse(text, takesHttps: false, out var why) is { } url) urls.Add(url);
            else keys.Problem(key, why);
        }

        return urls.ToImmutable();
    }

    /// <summary>Reads <c>Metrics:Urls</c>: where <c>/metrics</c> is answered alone; empty where it is answered on every address.</summary>
    /// <param name="keys">The settings.</param>
    /// <param name="others">Addresses for everything else.</param>
    public static ImmutableArray<Uri> ReadMetricsUrls(KeyReader keys, IReadOnlyCollection<Uri> others)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(others);
        var urls = ImmutableArray.CreateBuilder<Uri>();
        foreach (var (key, text) in keys.List("Metrics:Urls"))
        {
            foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (Parse(part, takesHttps: false, out var why) is not { } url) keys.Problem(key, why);
                else if (url.Port != 0 && others.Concat(urls).Any(o => o.Port == url.Port && (o.Host == url.Host || IsAny(o) || IsAny(url))))
                    keys.Problem(key, $"'{part}' is listened on already; a port of its own is expected.");
                else urls.Add(url);
            }
        }

        return urls.ToImmutable();
    }

    private static bool IsAny(Uri url) => url.DnsSafeHost is "0.0.0.0" or "::";
}
