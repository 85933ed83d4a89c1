using System.Numerics;

namespace Monitoring.Simulator;

/// <summary>Integers as the bytes the protocol hashes. As in Go the sign is left out, and zero is no byte at all.</summary>
internal static class BigEndian
{
    /// <summary>The fewest bytes: empty for zero, where .NET would write one.</summary>
    public static byte[] Minimal(BigInteger value) => value.IsZero ? [] : BigInteger.Abs(value).ToByteArray(isUnsigned: true, isBigEndian: true);

    /// <summary>Padded on the left to 32 bytes; a longer number stays as long as it is.</summary>
    public static byte[] Word(BigInteger value)
    {
        var minimal = Minimal(value);
        if (minimal.Length >= 32) return minimal;
        var word = new byte[32];
        minimal.CopyTo(word, 32 - minimal.Length);
        return word;
    }

    public static BigInteger Read(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    /// <summary>The last bytes of a field, padded on the left with zeros: how Go reads addresses and hashes of any length.</summary>
    public static byte[] Fit(ReadOnlySpan<byte> bytes, int length)
    {
        var fitted = new byte[length];
        if (bytes.Length > length) bytes = bytes[^length..];
        bytes.CopyTo(fitted.AsSpan(length - bytes.Length));
        return fitted;
    }
}
