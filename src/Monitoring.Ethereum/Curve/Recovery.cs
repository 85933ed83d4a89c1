namespace Monitoring.Ethereum;

/// <summary>Public-key recovery and what goes with it (SEC 1, section 4.1.6).</summary>
internal static class Recovery
{
    /// <summary>The address whose key made the signature of this 32-byte digest; null when there is none.</summary>
    public static Address? Recover(ReadOnlySpan<byte> digest, Signature signature)
    {
        Span<byte> bytes = stackalloc byte[Signature.ByteLength];
        signature.WriteTo(bytes);
        var r = Scalar.Read(bytes[..32]);
        var s = Scalar.Read(bytes[32..64]);
        if (signature.V is not (27 or 28) || r.IsZero || r >= Scalar.Order || s.IsZero || s > Scalar.HalfOrder) return null;
        if (!FieldElement.TryRead(bytes[..32], out var x) || !CurvePoint.TryLift(x, odd: signature.V == 28, out var point)) return null;

        // Q = (s R - z G) / r.
        var inverse = Scalar.Inverse(r);
        var z = Scalar.Read(digest) % Scalar.Order;
        Span<byte> ofBase = stackalloc byte[Scalar.ByteLength];
        Span<byte> ofPoint = stackalloc byte[Scalar.ByteLength];
        Scalar.Write((Scalar.Order - z) * inverse % Scalar.Order, ofBase);
        Scalar.Write(s * inverse % Scalar.Order, ofPoint);
        var key = new PointMultiples(point).Combine(ofBase, ofPoint);
        return key.IsInfinity ? null : AddressOf(key);
    }

    /// <summary>The last 20 bytes of the keccak-256 of the 64 bytes x || y of a public key (Yellow Paper, appendix F).</summary>
    public static Address AddressOf(CurvePoint key)
    {
        var (x, y) = key.ToAffine();
        Span<byte> bytes = stackalloc byte[2 * FieldElement.ByteLength];
        x.WriteTo(bytes);
        y.WriteTo(bytes[FieldElement.ByteLength..]);
        Span<byte> hash = stackalloc byte[Keccak256.HashLength];
        Keccak256.Hash(bytes, hash);
        return Address.FromBytes(hash[(Keccak256.HashLength - Address.ByteLength)..]);
    }
}
