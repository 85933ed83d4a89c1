using System.Globalization;
using System.Numerics;
using System.Text;

namespace Monitoring.Web;

/// <summary>
/// Reads a number as Go's <c>strconv.ParseFloat</c> does, for the old API took whatever that takes: fractions, exponents, hexadecimal floats,
/// underscores between digits, infinities and NaN.
/// </summary>
internal static class GoFloat
{
    /// <summary>Reads the number; otherwise <paramref name="problem"/> is Go's own sentence.</summary>
    public static bool TryParse(string text, out double value, out string problem)
    {
        problem = "";
        if (IsSpecial(text, out value)) return true;
        if (!(IsHex(text) ? TryHex(text, out value) : TryDecimal(text, out value)))
        {
            problem = $"strconv.ParseFloat: parsing {Quote(text)}: invalid syntax";
            return false;
        }

        if (double.IsFinite(value)) return true;
        problem = $"strconv.ParseFloat: parsing {Quote(text)}: value out of range";
        return false;
    }

    private static bool IsSpecial(string text, out double value)
    {
        value = double.NaN;
        if (text.Equals("nan", StringComparison.OrdinalIgnoreCase)) return true;
        var unsigned = text.Length > 0 && text[0] is '+' or '-' ? text.AsSpan(1) : text;
        value = text.StartsWith('-') ? double.NegativeInfinity : double.PositiveInfinity;
        return unsigned.Equals("inf", StringComparison.OrdinalIgnoreCase) || unsigned.Equals("infinity", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsHex(string text)
    {
        var at = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        return text.Length > at + 1 && text[at] == '0' && text[at + 1] is 'x' or 'X';
    }

    private static bool TryDecimal(string text, out double value)
    {
        value = 0;
        return TryShape(text, hex: false, out var plain, out _, out _, out _)
            && double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private static bool TryHex(string text, out double value)
    {
        value = 0;
        if (!TryShape(text, hex: true, out _, out var digits, out var scale, out var exponent) || exponent is not { } power) return false;
        var mantissa = BigInteger.Parse("0" + digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        value = Math.ScaleB((double)mantissa, power - (4 * scale));
        if (text[0] == '-') value = -value;
        return true;
    }

    // Walks the grammar: sign, digits with at most one point and underscores between digits, exponent.
    private static bool TryShape(string text, bool hex, out string plain, out string digits, out int scale, out int? exponent)
    {
        plain = digits = "";
        scale = 0;
        exponent = null;
        var at = 0;
        var kept = new StringBuilder(text.Length);
        var mantissa = new StringBuilder(text.Length);
        if (at < text.Length && text[at] is '+' or '-') kept.Append(text[at++]);
        if (hex) at += 2;
        var point = false;
        var previous = hex ? '0' : '.';
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (c == '_')
            {
                if (!IsDigit(previous, hex) || at + 1 == text.Length || !IsDigit(text[at + 1], hex)) return false;
            }
            else if (c == '.' && !point && previous != '_')
            {
                point = true;
                kept.Append(c);
            }
            else if (IsDigit(c, hex))
            {
                kept.Append(c);
                mantissa.Append(c);
                if (point) scale++;
            }
            else
            {
                break;
            }

            previous = c;
        }

        if (mantissa.Length == 0) return false;
        if (at < text.Length)
        {
            if (char.ToLowerInvariant(text[at]) != (hex ? 'p' : 'e')) return false;
            if (!TryExponent(text.AsSpan(at + 1), out var power)) return false;
            exponent = power;
            kept.Append('e').Append(power.ToString(CultureInfo.InvariantCulture));
        }

        plain = kept.ToString();
        digits = mantissa.ToString();
        return true;
    }

    private static bool TryExponent(ReadOnlySpan<char> text, out int power)
    {
        power = 0;
        var negative = text.Length > 0 && text[0] == '-';
        if (text.Length > 0 && text[0] is '+' or '-') text = text[1..];
        if (text.Length == 0 || !char.IsAsciiDigit(text[0]) || !char.IsAsciiDigit(text[^1])) return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '_' && text[i - 1] != '_') continue;
            if (!char.IsAsciiDigit(text[i])) return false;
            power = Math.Min((power * 10) + (text[i] - '0'), 100_000);
        }

        if (negative) power = -power;
        return true;
    }

    private static bool IsDigit(char c, bool hex) => hex ? char.IsAsciiHexDigit(c) : char.IsAsciiDigit(c);

    private static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append(@"\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when char.IsControl(c) || char.IsSurrogate(c) => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
