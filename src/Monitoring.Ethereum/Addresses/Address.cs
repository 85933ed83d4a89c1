using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Monitoring.Core;

namespace Monitoring.Ethereum;

/// <summary>An Ethereum address: 20 bytes, written with the mixed-case checksum of EIP-55.</summary>
public readonly record struct Address
{
    /// <summary>The bytes of an address.</summary>
    public const int ByteLength = 20;

    private const int DigitCount = 2 * ByteLength;

    private readonly ulong _first;
    private readonly ulong _middle;
    private readonly uint _last;

    private Address(ReadOnlySpan<byte> bytes)
    {
        _first = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _middle = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _last = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    /// <summary>Twenty zero bytes: what contracts use for "nobody", and what a gateway without a chain calls itself.</summary>
    public static Address Zero => default;

    /// <summary>The address of 20 raw bytes.</summary>
    /// <exception cref="ArgumentException">The length is not 20.</exception>
    public static Address FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == ByteLength ? new Address(bytes) : throw new ArgumentException($"An address has {ByteLength} bytes, not {bytes.Length}.", nameof(bytes));

    /// <summary>
    /// The address that stands for a service URI whose owner is not known: the last 20 bytes of the keccak-256 of its UTF-8 text, exactly as
    /// given. Nobody holds a key to it.
    /// </summary>
    public static Address FromUri(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return new Address(Keccak256.Hash(Encoding.UTF8.GetBytes(uri)).AsSpan(Keccak256.HashLength - ByteLength));
    }

    /// <summary>The address that an orchestrator's id names.</summary>
    public static Address From(OrchestratorId id)
    {
        Span<byte> bytes = stackalloc byte[ByteLength];
        Convert.FromHexString(id.Text.AsSpan(2), bytes, out _, out _);
        return new Address(bytes);
    }

    /// <summary>Reads <c>0x</c> and 40 hex digits: all lower-case, all upper-case, or mixed with a correct EIP-55 checksum.</summary>
    /// <exception cref="FormatException">The text is anything else; the message says what.</exception>
    public static Address Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var address) ? address : throw new FormatException(
            IsHex(text)
                ? "The upper and lower case of that address do not match its checksum (EIP-55): a digit was probably mistyped. Copy it again."
                : "That is not an address: 0x and 40 hex digits are expected.");
    }

    /// <summary>Reads <c>0x</c> and 40 hex digits as <see cref="Parse"/> does; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Address address)
    {
        address = default;
        if (text is null || !IsHex(text)) return false;
        var digits = text.AsSpan(2);
        Span<byte> bytes = stackalloc byte[ByteLength];
        Convert.FromHexString(digits, bytes, out _, out _);
        var read = new Address(bytes);

        if (digits.ContainsAnyInRange('a', 'f') && digits.ContainsAnyInRange('A', 'F') && !text.Equals(read.ToChecksumString(), StringComparison.Ordinal))
            return false;
        address = read;
        return true;
    }

    /// <summary>Writes the 20 bytes.</summary>
    /// <exception cref="ArgumentException">There is no room for 20 bytes.</exception>
    public void WriteTo(Span<byte> destination)
    {
        if (destination.Length < ByteLength) throw new ArgumentException($"An address needs {ByteLength} bytes of room.", nameof(destination));
        BinaryPrimitives.WriteUInt64BigEndian(destination, _first);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _middle);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], _last);
    }

    /// <summary>The 20 bytes.</summary>
    public byte[] ToByteArray()
    {
        var bytes = new byte[ByteLength];
        WriteTo(bytes);
        return bytes;
    }

    /// <summary>The id of the orchestrator at this address.</summary>
    public OrchestratorId ToOrchestratorId()
    {
        Span<byte> bytes = stackalloc byte[ByteLength];
        WriteTo(bytes);
        return OrchestratorId.FromBytes(bytes);
    }

    /// <summary><c>0x</c> and 40 hex digits whose case is the checksum of EIP-55.</summary>
    public string ToChecksumString()
    {
        Span<byte> bytes = stackalloc byte[ByteLength];
        WriteTo(bytes);
        Span<char> digits = stackalloc char[DigitCount];
        Convert.TryToHexStringLower(bytes, digits, out _);

        // EIP-55: a letter is upper-case where the hash of the lower-case text has a nibble of 8 or more at its place.
        Span<byte> text = stackalloc byte[DigitCount];
        Encoding.ASCII.GetBytes(digits, text);
        Span<byte> hash = stackalloc byte[Keccak256.HashLength];
        Keccak256.Hash(text, hash);
        for (var i = 0; i < DigitCount; i++)
        {
            var nibble = i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 0xf;
            if (nibble >= 8) digits[i] = char.ToUpperInvariant(digits[i]);
        }

        return string.Concat("0x", digits);
    }

    /// <inheritdoc cref="ToChecksumString" />
    public override string ToString() => ToChecksumString();

    private static bool IsHex(string text)
    {
        if (text.Length != 2 + DigitCount || !text.StartsWith("0x", StringComparison.Ordinal)) return false;
        foreach (var c in text.AsSpan(2))
        {
            if (!char.IsAsciiHexDigit(c)) return false;
        }

        return true;
    }
}
