using System.Numerics;

namespace Monitoring.Ethereum;

/// <summary>Numbers modulo n, the order of the base point of secp256k1 (SEC 2, section 2.4.1). Public numbers only.</summary>
internal static class Scalar
{
    public const int ByteLength = 32;

    /// <summary>n.</summary>
    public static BigInteger Order { get; } = new(
        Convert.FromHexString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"), isUnsigned: true, isBigEndian: true);

    /// <summary>The largest s of a signature that counts: the other of each pair is refused, so that nobody can make a second signature of a first (EIP-2).</summary>
    public static BigInteger HalfOrder { get; } = Order >> 1;

    public static BigInteger Read(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    public static void Write(BigInteger value, Span<byte> bytes)
    {
        var length = value.GetByteCount(isUnsigned: true);
        bytes[..^length].Clear();
        value.TryWriteBytes(bytes[^length..], out _, isUnsigned: true, isBigEndian: true);
    }

    public static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(value, Order - 2, Order);
}
