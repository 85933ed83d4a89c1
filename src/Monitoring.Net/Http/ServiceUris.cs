using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Monitoring.Net;

/// <summary>Reads service URIs: the addresses at which orchestrators say they can be reached.</summary>
public static class ServiceUris
{
    private const int MaximumLength = 512;

    /// <summary>
    /// Reads a service URI: http or https, a host in its usual form, and a port, for stock gateways have no default port (protocol dossier,
    /// section 1.1). No user information, no fragment, at most 512 ASCII characters. White space around it is ignored.
    /// </summary>
    /// <param name="text">What the chain, a list or a response says.</param>
    /// <param name="uri">The URI.</param>
    /// <param name="why">What is wrong with the text and what is expected; empty where nothing is.</param>
    /// <returns>False where the text is not a service URI. Whether its addresses may be dialled is the dialer's to say.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Uri? uri, out string why)
    {
        uri = null;
        why = Refusal(text?.Trim(), out var parsed);
        if (why.Length > 0) return false;
        uri = parsed!;
        return true;
    }

    private static string Refusal(string? text, out Uri? uri)
    {
        uri = null;
        if (string.IsNullOrEmpty(text)) return "The service URI is empty: https://host:port is expected.";
        if (text.Length > MaximumLength) return $"The service URI has {text.Length} characters: at most {MaximumLength} are accepted.";
        foreach (var c in text)
        {
            if (c is <= ' ' or > '~' or '\\') return "The service URI holds a space, a backslash or a character outside printable ASCII.";
        }

        var schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd < 0 || text[..schemeEnd].ToLowerInvariant() is not ("http" or "https"))
            return "The service URI does not begin with https:// or http://.";

        // The authority is read here, as written: the Uri type would turn 0x7f.1 into an address and drop the port 443.
        var rest = text[(schemeEnd + 3)..];
        var authorityEnd = rest.IndexOfAny(['/', '?', '#']);
        var authority = authorityEnd < 0 ? rest : rest[..authorityEnd];
        if (authority.Contains('@', StringComparison.Ordinal)) return "The service URI holds user information (an '@' before the host): remove it.";
        if (rest.Contains('#', StringComparison.Ordinal)) return "The service URI holds a fragment ('#'): remove it.";

        var colon = authority.LastIndexOf(':');
        if (colon < 0 || colon < authority.LastIndexOf(']')) return "The service URI has no port: gateways know no default, so write it, as in https://host:8935.";
        if (!int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
            return "The port of the service URI is not a number from 1 to 65535.";

        var host = authority[..colon];
        if (host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[')) return "The IPv6 address of the service URI needs brackets, as in https://[address]:8935.";
        if (!DialHost.TryParse(host, out _, out var reason)) return $"The service URI cannot be dialled: {reason}.";
        if (!Uri.TryCreate(text, UriKind.Absolute, out uri) || uri.Port != port) return "The service URI is malformed: https://host:port is expected.";
        return "";
    }
}
