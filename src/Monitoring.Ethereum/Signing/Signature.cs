using System.Buffers.Binary;

namespace Monitoring.Ethereum;

/// <summary>
/// A recoverable signature as orchestrators and contracts take it: 65 bytes r || s || v with s at most half the curve's order and v 27 or 28
/// (livepeer-protocol, section 0).
/// </summary>
public readonly record struct Signature
{
    /// <summary>The bytes of a signature.</summary>
    public const int ByteLength = 65;

    private static readonly UInt128 HalfOrderHigh = new(0x7fffffffffffffff, 0xffffffffffffffff);
    private static readonly UInt128 HalfOrderLow = new(0x5d576e7357a4501d, 0xdfe92f46681b20a0);

    private readonly UInt128 _rHigh, _rLow, _sHigh, _sLow;
    private readonly byte _v;

    private Signature(ReadOnlySpan<byte> bytes)
    {
        _rHigh = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        _rLow = BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]);
        _sHigh = BinaryPrimitives.ReadUInt128BigEndian(bytes[32..]);
        _sLow = BinaryPrimitives.ReadUInt128BigEndian(bytes[48..]);
        _v = bytes[64];
    }

    /// <summary>27 when the y of the point R is even, 28 when it is odd; 0 in the default value, which nobody signed.</summary>
    public byte V => _v;

    /// <summary>Reads 65 bytes.</summary>
    /// <param name="bytes">r || s || v.</param>
    /// <param name="signature">The signature, when it has the right form; that does not mean that anybody made it.</param>
    /// <param name="why">
    /// Empty, or one of the protocol's three texts: <c>invalid signature length</c>, <c>signature s value too high</c>,
    /// <c>signature v value must be 27 or 28</c>.
    /// </param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Signature signature, out string why)
    {
        signature = default;
        why = "";
        if (bytes.Length != ByteLength)
        {
            why = "invalid signature length";
            return false;
        }

        var read = new Signature(bytes);
        if (read._sHigh > HalfOrderHigh || (read._sHigh == HalfOrderHigh && read._sLow > HalfOrderLow))
        {
            why = "signature s value too high";
            return false;
        }

        if (read._v is not (27 or 28))
        {
            why = "signature v value must be 27 or 28";
            return false;
        }

        signature = read;
        return true;
    }

    /// <summary>The 65 bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[ByteLength];
        WriteTo(bytes);
        return bytes;
    }

    /// <summary>Writes the 65 bytes.</summary>
    /// <exception cref="ArgumentException">There is no room for 65 bytes.</exception>
    public void WriteTo(Span<byte> destination)
    {
        if (destination.Length < ByteLength) throw new ArgumentException($"A signature needs {ByteLength} bytes of room.", nameof(destination));
        BinaryPrimitives.WriteUInt128BigEndian(destination, _rHigh);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], _rLow);
        BinaryPrimitives.WriteUInt128BigEndian(destination[32..], _sHigh);
        BinaryPrimitives.WriteUInt128BigEndian(destination[48..], _sLow);
        destination[64] = _v;
    }

    /// <summary><c>0x</c> and 130 hex digits.</summary>
    public override string ToString() => "0x" + Convert.ToHexStringLower(ToBytes());
}
