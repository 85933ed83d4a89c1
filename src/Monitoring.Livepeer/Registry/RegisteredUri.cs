namespace Monitoring.Livepeer;

/// <summary>Cleans what an orchestrator wrote into the service registry: free text that anybody may make of anything (protocol sections 1.2 and 4.3).</summary>
internal static class RegisteredUri
{
    private const int LongestKept = 512;

    // Never part of a service URI, so a text that holds it is refused wherever it is dialled.
    private const char Unprintable = '\uFFFD';

    /// <summary>
    /// What is dialled and shown: without white space around it, with <c>https://</c> where no scheme is, without slashes at the end, which
    /// a gateway's discovery ignores. A text that is no service URI stays one that is none: such an orchestrator is tested like any other,
    /// and its test fails by what is wrong with the URI.
    /// </summary>
    public static string Clean(string text)
    {
        text = text.Trim();
        if (text.Length == 0) return "";
        if (!text.StartsWith("http", StringComparison.Ordinal)) text = "https://" + text;
        text = text.TrimEnd('/');
        if (text.Length > LongestKept) text = text[..LongestKept] + Unprintable;
        return string.Create(text.Length, text, static (clean, raw) =>
        {
            for (var i = 0; i < raw.Length; i++) clean[i] = char.IsControl(raw[i]) || char.IsSurrogate(raw[i]) ? Unprintable : raw[i];
        });
    }
}
