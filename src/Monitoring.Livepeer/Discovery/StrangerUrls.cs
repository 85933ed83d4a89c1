using System.Diagnostics.CodeAnalysis;

namespace Monitoring.Livepeer;

/// <summary>
/// Reads the URLs inside an orchestrator's answers: where to upload, where renditions are. Unlike a service URI they may leave the port out,
/// since a gateway fetches them with an ordinary HTTP client. Whether their host may be dialled is the dialer's to say.
/// </summary>
internal static class StrangerUrls
{
    private const int MaximumLength = 2048;

    /// <summary>Reads an absolute http or https URL of at most 2,048 printable ASCII characters, without user information.</summary>
    /// <param name="text">What the answer says.</param>
    /// <param name="url">The URL.</param>
    /// <param name="problem">What is wrong with it; it repeats nothing of the text.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? url, out string problem)
    {
        url = null;
        problem = "";
        if (text.Length == 0) problem = "it is empty";
        else if (text.Length > MaximumLength) problem = $"it has {text.Length} characters, over {MaximumLength}";
        else if (text.AsSpan().ContainsAnyExceptInRange('!', '~')) problem = "it holds a space or a character outside printable ASCII";
        else if (!Uri.TryCreate(text, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https") || parsed.Host.Length == 0)
            problem = "it is not an absolute http or https URL";
        else if (parsed.UserInfo.Length > 0) problem = "it holds user information";
        else url = parsed;
        return url is not null;
    }
}
