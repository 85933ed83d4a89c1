using System.Buffers.Binary;

namespace Monitoring.Ethereum;

/// <summary>
/// Keccak-256 as Ethereum uses it: the sponge of FIPS 202 with a rate of 136 bytes, and the padding of the original submission (a byte 01,
/// where the standard's SHA3-256 has 06). The platform has SHA3-256 only.
/// </summary>
public sealed class Keccak256
{
    /// <summary>The bytes of a hash.</summary>
    public const int HashLength = 32;

    private const int Rate = 136;

    private readonly ulong[] _state = new ulong[KeccakPermutation.Lanes];
    private readonly byte[] _block = new byte[Rate];
    private int _held;

    /// <summary>Hashes bytes into <paramref name="hash"/>.</summary>
    /// <param name="data">What is hashed.</param>
    /// <param name="hash">Room for at least 32 bytes; the first 32 are written. It may overlap the data.</param>
    /// <exception cref="ArgumentException">There is no room for 32 bytes.</exception>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        Span<ulong> state = stackalloc ulong[KeccakPermutation.Lanes];
        Finish(state, AbsorbBlocks(state, data), hash);
    }

    /// <summary>Hashes bytes.</summary>
    /// <returns>32 bytes.</returns>
    public static byte[] Hash(ReadOnlySpan<byte> data)
    {
        var hash = new byte[HashLength];
        Hash(data, hash);
        return hash;
    }

    /// <summary>Adds bytes to what is hashed: appending in pieces hashes the same as the pieces joined. Not safe for concurrent use.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        if (_held > 0)
        {
            var taken = Math.Min(Rate - _held, data.Length);
            data[..taken].CopyTo(_block.AsSpan(_held));
            _held += taken;
            data = data[taken..];
            if (_held < Rate) return;
            AbsorbBlocks(_state, _block);
        }

        var rest = AbsorbBlocks(_state, data);
        rest.CopyTo(_block);
        _held = rest.Length;
    }

    /// <summary>Writes the hash of all that was appended and starts anew.</summary>
    /// <param name="hash">Room for at least 32 bytes; the first 32 are written.</param>
    /// <exception cref="ArgumentException">There is no room for 32 bytes.</exception>
    public void GetHashAndReset(Span<byte> hash)
    {
        Finish(_state, _block.AsSpan(0, _held), hash);
        Array.Clear(_state);
        _held = 0;
    }

    /// <summary>The hash of all that was appended; starts anew.</summary>
    /// <returns>32 bytes.</returns>
    public byte[] GetHashAndReset()
    {
        var hash = new byte[HashLength];
        GetHashAndReset(hash);
        return hash;
    }

    // Absorbs whole blocks and returns what is left, less than a block.
    private static ReadOnlySpan<byte> AbsorbBlocks(Span<ulong> state, ReadOnlySpan<byte> data)
    {
        while (data.Length >= Rate)
        {
            for (var lane = 0; lane < Rate / 8; lane++) state[lane] ^= BinaryPrimitives.ReadUInt64LittleEndian(data[(lane * 8)..]);
            KeccakPermutation.Permute(state);
            data = data[Rate..];
        }

        return data;
    }

    private static void Finish(Span<ulong> state, ReadOnlySpan<byte> rest, Span<byte> hash)
    {
        if (hash.Length < HashLength) throw new ArgumentException($"A hash needs {HashLength} bytes of room.", nameof(hash));
        Span<byte> last = stackalloc byte[Rate];
        rest.CopyTo(last);
        last[rest.Length] = 0x01;
        last[Rate - 1] |= 0x80;
        AbsorbBlocks(state, last);
        for (var lane = 0; lane < HashLength / 8; lane++) BinaryPrimitives.WriteUInt64LittleEndian(hash[(lane * 8)..], state[lane]);
    }
}
