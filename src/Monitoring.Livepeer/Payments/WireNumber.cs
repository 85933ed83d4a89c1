using System.Numerics;
using Google.Protobuf;

namespace Monitoring.Livepeer;

/// <summary>Non-negative integers as messages carry them: minimal big-endian bytes, zero being none at all (protocol reference, "BE").</summary>
internal static class WireNumber
{
    /// <summary>Reads bytes of any length; there is no sign.</summary>
    public static BigInteger Read(ByteString bytes) => new(bytes.Span, isUnsigned: true, isBigEndian: true);

    /// <summary>The minimal bytes.</summary>
    public static ByteString Write(BigInteger number) =>
        number.IsZero ? ByteString.Empty : ByteString.CopyFrom(number.ToByteArray(isUnsigned: true, isBigEndian: true));

    /// <summary>Writes 32 bytes, padded on the left.</summary>
    /// <exception cref="OverflowException">The number is negative or has more than 32 bytes.</exception>
    public static void Write32(BigInteger number, Span<byte> destination)
    {
        destination = destination[..32];
        destination.Clear();
        var length = number.GetByteCount(isUnsigned: true);
        if (length > destination.Length) throw new OverflowException($"A number of {length} bytes does not fit into 32.");
        number.TryWriteBytes(destination[(32 - length)..], out _, isUnsigned: true, isBigEndian: true);
    }
}
