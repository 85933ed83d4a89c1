using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Monitoring.Storage.Journal;

/// <summary>
/// The line that every journal is made of: <c>{"prev":"P","hash":"H","record":R}</c> and a line feed, with no other white space. P is the hash
/// of the line before (of the first line: SHA-256 of <c>monitoring-journal/1 </c> and the file's name); H is SHA-256 of P as 64 lower-case hex
/// digits followed by the bytes of R. So a line proves itself, and a line proves that none is missing before it. Whoever can rewrite the
/// whole file can make a new chain: who must be able to prove more keeps the last hash somewhere else.
/// </summary>
internal static class ChainedLine
{
    /// <summary>The longest line, line feed included.</summary>
    public const int MaximumLength = 4 << 20;

    /// <summary>Characters of a hash.</summary>
    public const int HashLength = 64;

    /// <summary>The longest record: what a line adds to it is fixed.</summary>
    public const int MaximumRecord = MaximumLength - 9 - HashLength - 10 - HashLength - 11 - 2;

    /// <summary>Bytes of a line before its record.</summary>
    public const int BeforeRecord = 9 + HashLength + 10 + HashLength + 11;

    private static ReadOnlySpan<byte> Prev => "{\"prev\":\""u8;
    private static ReadOnlySpan<byte> Hash => "\",\"hash\":\""u8;
    private static ReadOnlySpan<byte> Record => "\",\"record\":"u8;

    /// <summary>What stands for the hash of the line before the first.</summary>
    public static byte[] Genesis(string fileName)
    {
        var hash = new byte[HashLength];
        Hex(SHA256.HashData(Encoding.UTF8.GetBytes("monitoring-journal/1 " + fileName)), hash);
        return hash;
    }

    /// <summary>Writes a line and puts its hash where that of the line before was.</summary>
    /// <exception cref="ArgumentException">The record is too long for a line.</exception>
    public static void Write(IBufferWriter<byte> output, Span<byte> head, ReadOnlySpan<byte> record)
    {
        if (record.Length > MaximumRecord)
        {
            throw new ArgumentException($"A record of {record.Length} bytes is longer than the {MaximumRecord} bytes that a journal takes.", nameof(record));
        }

        output.Write(Prev);
        output.Write(head);
        Compute(head, record, head);
        output.Write(Hash);
        output.Write(head);
        output.Write(Record);
        output.Write(record);
        output.Write("}\n"u8);
    }

    /// <summary>Takes a line (without its line feed) apart.</summary>
    /// <returns>False when it does not have the shape of a line.</returns>
    public static bool TrySplit(ReadOnlySpan<byte> line, out Range prev, out Range hash, out Range record)
    {
        var prevStart = Prev.Length;
        var hashStart = prevStart + HashLength + Hash.Length;
        var recordStart = hashStart + HashLength + Record.Length;
        prev = prevStart..(prevStart + HashLength);
        hash = hashStart..(hashStart + HashLength);
        record = recordStart..^1;
        return line.Length > recordStart + 1
            && line.StartsWith(Prev)
            && line[(prevStart + HashLength)..].StartsWith(Hash)
            && line[(hashStart + HashLength)..].StartsWith(Record)
            && line[^1] == (byte)'}';
    }

    /// <summary>True when a line's hash is that of its own content.</summary>
    public static bool Proves(ReadOnlySpan<byte> prev, ReadOnlySpan<byte> record, ReadOnlySpan<byte> hash)
    {
        Span<byte> computed = stackalloc byte[HashLength];
        Compute(prev, record, computed);
        return computed.SequenceEqual(hash);
    }

    private static void Compute(ReadOnlySpan<byte> prev, ReadOnlySpan<byte> record, Span<byte> hash)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(prev);
        sha.AppendData(record);
        Span<byte> raw = stackalloc byte[SHA256.HashSizeInBytes];
        sha.GetHashAndReset(raw);
        Hex(raw, hash);
    }

    private static void Hex(ReadOnlySpan<byte> raw, Span<byte> text) => Convert.TryToHexStringLower(raw, text, out _);
}
