using System.Buffers.Binary;
using System.Numerics;

namespace Monitoring.Simulator;

/// <summary>
/// Keccak-256 as Ethereum uses it (Keccak[512] with the original padding byte 0x01, not FIPS 202's 0x06). The simulator has its own, so that
/// a mistake in the client's cannot hide behind itself.
/// </summary>
internal static class Keccak256
{
    private const int Rate = 136;

    private static readonly ulong[] RoundConstants = MakeRoundConstants();

    public static byte[] Hash(ReadOnlySpan<byte> data)
    {
        Span<ulong> state = stackalloc ulong[25];
        while (data.Length >= Rate)
        {
            Absorb(state, data[..Rate]);
            data = data[Rate..];
        }

        Span<byte> last = stackalloc byte[Rate];
        last.Clear();
        data.CopyTo(last);
        last[data.Length] ^= 0x01;
        last[Rate - 1] ^= 0x80;
        Absorb(state, last);

        var hash = new byte[32];
        for (var i = 0; i < 4; i++) BinaryPrimitives.WriteUInt64LittleEndian(hash.AsSpan(8 * i), state[i]);
        return hash;
    }

    private static void Absorb(Span<ulong> state, ReadOnlySpan<byte> block)
    {
        for (var i = 0; i < Rate / 8; i++) state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(8 * i)..]);
        Permute(state);
    }

    /// <summary>Keccak-f[1600]: theta, rho and pi (in one walk over the lanes), chi, iota, 24 times.</summary>
    private static void Permute(Span<ulong> a)
    {
        Span<ulong> parity = stackalloc ulong[5];
        Span<ulong> row = stackalloc ulong[5];
        foreach (var constant in RoundConstants)
        {
            for (var x = 0; x < 5; x++) parity[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
            for (var x = 0; x < 5; x++)
            {
                var mix = parity[(x + 4) % 5] ^ BitOperations.RotateLeft(parity[(x + 1) % 5], 1);
                for (var y = 0; y < 25; y += 5) a[x + y] ^= mix;
            }

            var (column, line) = (1, 0);
            var moved = a[1];
            for (var step = 0; step < 24; step++)
            {
                (column, line) = (line, (2 * column + 3 * line) % 5);
                var lane = column + 5 * line;
                (moved, a[lane]) = (a[lane], BitOperations.RotateLeft(moved, (step + 1) * (step + 2) / 2));
            }

            for (var y = 0; y < 25; y += 5)
            {
                a.Slice(y, 5).CopyTo(row);
                for (var x = 0; x < 5; x++) a[x + y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
            }

            a[0] ^= constant;
        }
    }

    /// <summary>The constants come from a linear feedback register with x^8 + x^6 + x^5 + x^4 + 1 (FIPS 202, section 3.2.5).</summary>
    private static ulong[] MakeRoundConstants()
    {
        var constants = new ulong[24];
        var register = 1;
        for (var round = 0; round < 24; round++)
        {
            for (var j = 0; j <= 6; j++)
            {
                if ((register & 1) != 0) constants[round] |= 1UL << ((1 << j) - 1);
                register = (register << 1) ^ ((register >> 7) * 0x171);
            }
        }

        return constants;
    }
}
