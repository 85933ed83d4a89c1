namespace Monitoring.Ethereum;

/// <summary>Makes the words of an endpoint fit for a message of ours: printable, and short.</summary>
public static class RpcText
{
    /// <summary>At most so many characters of it, each of them printable ASCII.</summary>
    public static string Clean(string text, int most)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.Concat(text.Take(most).Select(c => c is >= ' ' and <= '~' ? c : '?')) + (text.Length > most ? "..." : "");
    }
}
