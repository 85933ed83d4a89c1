namespace Monitoring.Ethereum;

/// <summary>Makes the words of an endpoint fit for a message of ours: printable, and short.</summary>
internal static class RpcText
{
    public static string Clean(string text, int most) =>
        string.Concat(text.Take(most).Select(c => c is >= ' ' and <= '~' ? c : '?')) + (text.Length > most ? "..." : "");
}
