using System.Globalization;
using System.Numerics;
using System.Text;

namespace Monitoring.Ethereum;

/// <summary>
/// Reads what a call returned, or the data of an event, word after word. The bytes may come from anybody: whatever they are, reading ends
/// with a value or an <see cref="AbiException"/>, and takes no more memory than the bytes themselves.
/// </summary>
internal ref struct AbiReader
{
    private const int Word = AbiWriter.Word;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;

    /// <summary>Reads these bytes, which must hold at least so many words.</summary>
    /// <exception cref="AbiException">They are fewer, or not a whole number of words.</exception>
    public AbiReader(ReadOnlySpan<byte> bytes, int words)
    {
        if (bytes.Length % Word != 0) throw new AbiException($"The answer has {bytes.Length} bytes, which is not a whole number of words.");
        if (bytes.Length < words * Word)
        {
            throw new AbiException(bytes.IsEmpty
                ? "The answer is empty: there is no contract at that address, or it has no such function."
                : $"The answer has {bytes.Length / Word} words where at least {words} are expected.");
        }

        _bytes = bytes;
    }

    public BigInteger Uint256() => new(Next(), isUnsigned: true, isBigEndian: true);

    /// <summary>A number that must be from 0 to this.</summary>
    public long Uint(long most, string what)
    {
        var value = Uint256();
        return value <= most ? (long)value : throw new AbiException($"{what} is {value}, and at most {most} makes sense.");
    }

    public Address Address()
    {
        var word = Next();
        if (word[..12].ContainsAnyExcept((byte)0)) throw new AbiException($"The word at offset {_at - Word} is not an address: its first 12 bytes are not zero.");
        return Ethereum.Address.FromBytes(word[12..]);
    }

    public bool Bool()
    {
        var value = Uint256();
        return value.IsZero ? false : value.IsOne ? true : throw new AbiException($"The word at offset {_at - Word} is neither true nor false.");
    }

    public Hash32 Bytes32() => Hash32.FromBytes(Next());

    /// <summary>Bytes of variable length.</summary>
    /// <param name="most">The most bytes that are accepted.</param>
    public byte[] Bytes(int most)
    {
        var at = _at;
        var offset = Uint256();
        if (offset > _bytes.Length - Word) throw new AbiException($"The offset at {at} points to {Short(offset)}, past the end of {_bytes.Length} bytes.");
        var start = (int)offset;
        var length = new BigInteger(_bytes.Slice(start, Word), isUnsigned: true, isBigEndian: true);
        start += Word;
        if (length > _bytes.Length - start)
            throw new AbiException($"The length at {start - Word} is {Short(length)}, more than the {_bytes.Length - start} bytes that follow.");
        if (length > most) throw new AbiException($"The value has {length} bytes; at most {most} are accepted.");
        return _bytes.Slice(start, (int)length).ToArray();
    }

    /// <summary>Text of variable length; it must be UTF-8.</summary>
    /// <param name="most">The most bytes that are accepted.</param>
    public string String(int most)
    {
        var bytes = Bytes(most);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new AbiException("The text is not UTF-8.");
        }
    }

    private static string Short(BigInteger value) => value.GetBitLength() > 63 ? "an enormous number" : value.ToString(CultureInfo.InvariantCulture);

    private ReadOnlySpan<byte> Next()
    {
        if (_bytes.Length - _at < Word) throw new AbiException($"The answer ends at byte {_bytes.Length}, where another word is expected.");
        var word = _bytes.Slice(_at, Word);
        _at += Word;
        return word;
    }
}
