using System.Numerics;

namespace Monitoring.Ethereum;

/// <summary>Recursive Length Prefix, the encoding of transactions (Yellow Paper, appendix B). Writing only.</summary>
internal static class Rlp
{
    public static byte[] Bytes(ReadOnlySpan<byte> value) =>
        value.Length == 1 && value[0] < 0x80 ? [value[0]] : [.. Header(0x80, value.Length), .. value];

    /// <summary>A number: minimal big-endian bytes, none for 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static byte[] Number(BigInteger value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return value.IsZero ? [0x80] : Bytes(value.ToByteArray(isUnsigned: true, isBigEndian: true));
    }

    /// <summary>A list of items that are encoded already.</summary>
    public static byte[] List(params ReadOnlySpan<byte[]> items)
    {
        var content = new List<byte>();
        foreach (var item in items) content.AddRange(item);
        return [.. Header(0xc0, content.Count), .. content];
    }

    private static byte[] Header(byte first, int length)
    {
        if (length <= 55) return [(byte)(first + length)];
        var bytes = new BigInteger(length).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [(byte)(first + 55 + bytes.Length), .. bytes];
    }
}
