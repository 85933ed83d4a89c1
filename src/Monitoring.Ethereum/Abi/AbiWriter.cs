using System.Numerics;
using System.Text;

namespace Monitoring.Ethereum;

/// <summary>
/// Writes the arguments of a call as the Contract ABI specification has it ("Formal Specification of the Encoding"): one word of 32 bytes
/// for each, and for those of variable length an offset to a tail.
/// </summary>
internal sealed class AbiWriter
{
    public const int Word = 32;

    private readonly List<(byte[] Bytes, bool IsTail)> _parts = [];

    public static BigInteger MaxUint256 { get; } = (BigInteger.One << 256) - 1;

    /// <exception cref="ArgumentOutOfRangeException">The number does not fit.</exception>
    public AbiWriter Uint256(BigInteger value)
    {
        if (value.Sign < 0 || value > MaxUint256) throw new ArgumentOutOfRangeException(nameof(value), "A uint256 is from 0 to 2^256 - 1.");
        var word = new byte[Word];
        Scalar.Write(value, word);
        return Head(word);
    }

    public AbiWriter Address(Address value)
    {
        var word = new byte[Word];
        value.WriteTo(word.AsSpan(Word - Ethereum.Address.ByteLength));
        return Head(word);
    }

    public AbiWriter Bool(bool value) => Uint256(value ? 1 : 0);

    public AbiWriter Bytes32(Hash32 value) => Head(value.ToByteArray());

    public AbiWriter Bytes(ReadOnlySpan<byte> value)
    {
        var tail = new byte[Word + Padded(value.Length)];
        Scalar.Write(value.Length, tail.AsSpan(0, Word));
        value.CopyTo(tail.AsSpan(Word));
        return Tail(tail);
    }

    public AbiWriter String(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    /// <summary>A tuple that holds a member of variable length.</summary>
    public AbiWriter DynamicTuple(AbiWriter members) => Tail(members.ToArray());

    public byte[] ToArray()
    {
        var heads = _parts.Count * Word;
        var bytes = new byte[heads + _parts.Sum(p => p.IsTail ? p.Bytes.Length : 0)];
        var tail = heads;
        for (var i = 0; i < _parts.Count; i++)
        {
            var head = bytes.AsSpan(i * Word, Word);
            if (_parts[i].IsTail)
            {
                Scalar.Write(tail, head);
                _parts[i].Bytes.CopyTo(bytes.AsSpan(tail));
                tail += _parts[i].Bytes.Length;
            }
            else
            {
                _parts[i].Bytes.CopyTo(head);
            }
        }

        return bytes;
    }

    private static int Padded(int length) => (length + Word - 1) / Word * Word;

    private AbiWriter Head(byte[] word)
    {
        _parts.Add((word, false));
        return this;
    }

    private AbiWriter Tail(byte[] bytes)
    {
        _parts.Add((bytes, true));
        return this;
    }
}
