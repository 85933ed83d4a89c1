using System.Text;
using System.Text.Json;

namespace Monitoring.Web;

/// <summary>What Go's JSON decoder makes of single tokens where .NET's would refuse or name them differently.</summary>
internal static class GoJson
{
    private const int LongestNumberShown = 32;

    /// <summary>
    /// A string or a name. Bytes that are not UTF-8 and lone surrogates become U+FFFD; so does U+0000, which no text column holds.
    /// </summary>
    public static string String(ref Utf8JsonReader reader)
    {
        string text;
        try
        {
            text = reader.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            text = Unescape(Encoding.UTF8.GetString(reader.ValueSpan));
        }

        return text.Replace('\0', '\uFFFD');
    }

    /// <summary>The kind of a value, in Go's words.</summary>
    public static string Kind(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => "string",
        JsonTokenType.Number => "number " + Encoding.ASCII.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, LongestNumberShown)]),
        JsonTokenType.True or JsonTokenType.False => "bool",
        JsonTokenType.StartArray => "array",
        _ => "object",
    };

    // The reader has already found the escapes well-formed.
    private static string Unescape(string raw)
    {
        var text = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }

            i++;
            if (raw[i] == 'u')
            {
                text.Append((char)ushort.Parse(raw.AsSpan(i + 1, 4), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                text.Append(raw[i] switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', var same => same });
            }
        }

        // Encoding replaces each surrogate that has no other half.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
