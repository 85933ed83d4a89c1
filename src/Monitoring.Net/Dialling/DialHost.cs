using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Monitoring.Net;

/// <summary>
/// A host text, read strictly: a canonical IPv4 or IPv6 literal, or a DNS name. Texts that one parser reads as a name and another as an
/// address (2130706433, 0x7f.1, 0177.0.0.1, 127.1, full-width digits) are refused, so that nothing can slip past the address rules.
/// </summary>
internal readonly record struct DialHost(string Name, IPAddress? Literal)
{
    private const int MaximumNameLength = 253;
    private const int MaximumLabelLength = 63;

    /// <summary>Reads a host as it stands in a URI, with or without the brackets of an IPv6 literal.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out DialHost host, out string why)
    {
        host = default;
        why = "";
        if (string.IsNullOrEmpty(text)) return Refuse("the host is empty", out why);
        if (text.Contains('%', StringComparison.Ordinal)) return Refuse("the host holds a '%': zones and escapes are not dialled", out why);

        var bracketed = text.Length > 2 && text[0] == '[' && text[^1] == ']';
        if (bracketed || text.Contains(':', StringComparison.Ordinal))
        {
            var inner = bracketed ? text[1..^1] : text;
            if (!IPAddress.TryParse(inner, out var v6) || v6.AddressFamily != AddressFamily.InterNetworkV6)
                return Refuse("the host is not an IPv6 address", out why);
            host = new DialHost(v6.ToString(), v6);
            return true;
        }

        // One dot at the end only says that the name is absolute.
        var name = text[^1] == '.' ? text[..^1] : text;
        if (name.Length is 0 or > MaximumNameLength) return Refuse($"the host is not 1 to {MaximumNameLength} characters long", out why);
        var labels = name.Split('.');
        if (EndsInANumber(labels))
        {
            if (!TryParseDottedQuad(labels, out var v4))
                return Refuse("the host ends in a number and is not an IPv4 address in its usual form (four decimal numbers)", out why);
            host = new DialHost(v4.ToString(), v4);
            return true;
        }

        foreach (var label in labels)
        {
            if (label.Length is 0 or > MaximumLabelLength) return Refuse($"a label of the host is not 1 to {MaximumLabelLength} characters long", out why);
            foreach (var c in label)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                    return Refuse("the host holds a character other than ASCII letters, digits, '-', '_' and '.'", out why);
            }
        }

        host = new DialHost(name, null);
        return true;
    }

    private static bool Refuse(string reason, out string why)
    {
        why = reason;
        return false;
    }

    // The rule by which the URL standard tells addresses from names.
    private static bool EndsInANumber(string[] labels)
    {
        var last = labels[^1];
        if (last.Length == 0) return false;
        if (last.All(char.IsAsciiDigit)) return true;
        return last.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && last.Skip(2).All(char.IsAsciiHexDigit);
    }

    private static bool TryParseDottedQuad(string[] labels, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (labels.Length != 4) return false;
        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < 4; i++)
        {
            var label = labels[i];
            if (label.Length is 0 or > 3 || !label.All(char.IsAsciiDigit) || (label.Length > 1 && label[0] == '0')) return false;
            if (!byte.TryParse(label, out bytes[i])) return false;
        }

        address = new IPAddress(bytes);
        return true;
    }
}
