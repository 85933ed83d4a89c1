using System.Diagnostics.CodeAnalysis;

namespace Monitoring.Alerting;

/// <summary>Reads the URLs that operators wish events to be posted to.</summary>
public static class SubscriptionUrl
{
    private const int MostCharacters = 512;

    /// <summary>
    /// Reads an https URL of at most 512 printable ASCII characters without user information and fragment. Whether its addresses may be
    /// dialled is the safe dialer's to say, at every delivery.
    /// </summary>
    /// <param name="text">What was sent.</param>
    /// <param name="url">The URL.</param>
    /// <param name="why">What is wrong, one sentence; empty where nothing is.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Uri? url, out string why)
    {
        url = null;
        why = text is not { Length: > 0 and <= MostCharacters } ? $"The URL must have 1 to {MostCharacters} characters."
            : text.Any(c => c is <= ' ' or > '~' or '\\') ? "The URL holds a space, a backslash or a character outside printable ASCII."
            : !text.StartsWith("https://", StringComparison.Ordinal) ? "The URL must begin with https://."
            : !Uri.TryCreate(text, UriKind.Absolute, out url) || url.Host.Length == 0 ? "The text is not a URL."
            : url.UserInfo.Length > 0 || text.Contains('#', StringComparison.Ordinal) ? "The URL must hold neither user information nor a fragment."
            : "";
        if (why.Length > 0) url = null;
        return url is not null;
    }
}
