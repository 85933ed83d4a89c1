using System.Text;

namespace Monitoring.Alerting;

/// <summary>Makes text that may hold a stranger's words harmless for the markup of one receiver, and cuts texts to what it takes.</summary>
internal static class HarmlessText
{
    /// <summary>
    /// For Slack's plain text: <c>&amp;</c>, <c>&lt;</c> and <c>&gt;</c> are escaped, so nothing mentions anybody, and addresses are broken, so
    /// nothing becomes a link.
    /// </summary>
    public static string ForSlack(string text) => ForHtml(Unlinked(text));

    /// <summary>For Discord, as code: nothing inside is markup, a mention or a link. A backtick becomes an apostrophe.</summary>
    public static string ForDiscord(string text) => text.Length == 0 ? "" : $"`{text.Replace('`', '\'')}`";

    /// <summary>For Telegram's HTML, as code: nothing inside is a mention or a link.</summary>
    public static string ForTelegram(string text) => text.Length == 0 ? "" : $"<code>{ForHtml(text)}</code>";

    /// <summary>Escapes what is markup in HTML text.</summary>
    public static string ForHtml(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>Joins lines as long as they fit, and says how many do not. A line is never cut, so markup stays whole.</summary>
    /// <param name="lines">The lines, the most important first; the first must fit.</param>
    /// <param name="most">Most characters.</param>
    public static string Join(IReadOnlyList<string> lines, int most)
    {
        var text = new StringBuilder();
        for (var i = 0; i < lines.Count; i++)
        {
            var rest = $"({lines.Count - i} more lines)";
            var isLast = i == lines.Count - 1;
            if (text.Length + lines[i].Length + 1 + (isLast ? 0 : rest.Length) > most) return text.Append(rest).ToString();
            text.Append(lines[i]);
            if (!isLast) text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Cuts a text.</summary>
    public static string Cut(string text, int most) => text.Length <= most ? text : text[..(most - 3)] + "...";

    private static string Unlinked(string text) => text.Replace("://", "[:]//", StringComparison.Ordinal).Replace("mailto:", "mailto[:]", StringComparison.OrdinalIgnoreCase);
}
