using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Monitoring.Ethereum;

/// <summary>The two hex notations of Ethereum's JSON-RPC ("Hex encoding"): quantities without leading zeros, data with two digits a byte.</summary>
internal static class RpcHex
{
    /// <exception cref="FormatException">It is not a quantity of at most 256 bits.</exception>
    public static BigInteger Quantity(JsonElement value)
    {
        var text = Text(value);
        if (text.Length is < 3 or > 66 || !IsHex(text) || (text[2] == '0' && text.Length > 3)) throw new FormatException($"'{Shown(text)}' is not a quantity.");
        return BigInteger.Parse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    /// <exception cref="FormatException">It is not a quantity from 0 to 2^63 - 1.</exception>
    public static long Int64(JsonElement value)
    {
        var quantity = Quantity(value);
        return quantity <= long.MaxValue ? (long)quantity : throw new FormatException($"'{Shown(Text(value))}' is too large.");
    }

    /// <exception cref="FormatException">It is not data.</exception>
    public static byte[] Data(JsonElement value)
    {
        var text = Text(value);
        if (text.Length < 2 || text.Length % 2 != 0 || !IsHex(text)) throw new FormatException($"'{Shown(text)}' is not data.");
        return Convert.FromHexString(text.AsSpan(2));
    }

    /// <exception cref="FormatException">It is not 32 bytes of data.</exception>
    public static Hash32 Hash(JsonElement value)
    {
        var bytes = Data(value);
        return bytes.Length == Hash32.ByteLength ? Hash32.FromBytes(bytes) : throw new FormatException($"A hash has {bytes.Length} bytes.");
    }

    public static string Write(BigInteger quantity)
    {
        var digits = quantity.ToString("x", CultureInfo.InvariantCulture).TrimStart('0');
        return digits.Length == 0 ? "0x0" : "0x" + digits;
    }

    public static string Write(ReadOnlySpan<byte> data) => "0x" + Convert.ToHexStringLower(data);

    private static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new FormatException($"A hex string is expected, not {value.ValueKind}.");

    private static bool IsHex(string text)
    {
        if (!text.StartsWith("0x", StringComparison.Ordinal)) return false;
        foreach (var c in text.AsSpan(2))
        {
            if (!char.IsAsciiHexDigit(c)) return false;
        }

        return true;
    }

    private static string Shown(string text) => RpcText.Clean(text, 40);
}
