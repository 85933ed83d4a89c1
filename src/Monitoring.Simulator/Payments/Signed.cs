using Google.Protobuf;
using Monitoring.Ethereum;

namespace Monitoring.Simulator;

/// <summary>Who signed what a stranger sent; malformed signatures are nobody's.</summary>
internal static class Signed
{
    /// <summary>An address field of any length, as Go reads it.</summary>
    public static Address AddressOf(ByteString bytes) => Address.FromBytes(BigEndian.Fit(bytes.Span, Address.ByteLength));

    /// <summary>A hash field of any length, as Go reads it.</summary>
    public static Hash32 HashOf(ByteString bytes) => Hash32.FromBytes(BigEndian.Fit(bytes.Span, Hash32.ByteLength));

    /// <summary>Whether the signature is a personal-sign over the 32 bytes by that address.</summary>
    public static bool By(Address signer, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) =>
        Signature.TryParse(signature, out var parsed, out _) && PersonalSign.Recover(hash, parsed) == signer;
}
