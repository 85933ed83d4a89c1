using System.Buffers.Binary;

namespace Monitoring.Ethereum;

/// <summary>Thirty-two bytes as the chain has them: the hash of a block, a <c>bytes32</c> of a contract.</summary>
public readonly record struct Hash32
{
    /// <summary>The bytes of a hash.</summary>
    public const int ByteLength = 32;

    private readonly UInt128 _high, _low;

    private Hash32(ReadOnlySpan<byte> bytes)
    {
        _high = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        _low = BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]);
    }

    /// <summary>All zero: what a contract answers when it never stored a value.</summary>
    public bool IsZero => _high == 0 && _low == 0;

    /// <summary>Reads 32 bytes.</summary>
    /// <exception cref="ArgumentException">The length is not 32.</exception>
    public static Hash32 FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == ByteLength ? new Hash32(bytes) : throw new ArgumentException($"A hash has {ByteLength} bytes, not {bytes.Length}.", nameof(bytes));

    /// <summary>Writes the 32 bytes.</summary>
    /// <exception cref="ArgumentException">There is no room for 32 bytes.</exception>
    public void WriteTo(Span<byte> destination)
    {
        if (destination.Length < ByteLength) throw new ArgumentException($"A hash needs {ByteLength} bytes of room.", nameof(destination));
        BinaryPrimitives.WriteUInt128BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], _low);
    }

    /// <summary>The 32 bytes.</summary>
    public byte[] ToByteArray()
    {
        var bytes = new byte[ByteLength];
        WriteTo(bytes);
        return bytes;
    }

    /// <summary><c>0x</c> and 64 lower-case hex digits.</summary>
    public override string ToString() => "0x" + Convert.ToHexStringLower(ToByteArray());
}
