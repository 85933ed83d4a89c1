using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Monitoring.Ethereum;

/// <summary>scrypt (RFC 7914): a key from a password, at a price in memory (128 * N * r bytes) and time.</summary>
internal static class Scrypt
{
    /// <summary>The most memory that is spent, in bytes: twice what the usual key files need.</summary>
    public const long MostMemory = 512L * 1024 * 1024;

    /// <summary>Whether the parameters are of the standard and within what this process spends on them.</summary>
    /// <param name="n">Cost: a power of two above 1.</param>
    /// <param name="r">Size of a block in 128-byte units.</param>
    /// <param name="p">Parallelism; worked off one after the other here.</param>
    /// <param name="why">What is wrong, or empty.</param>
    public static bool Accepts(long n, long r, long p, out string why)
    {
        why = "";
        if (n < 2 || n > 1 << 24 || !BitOperations.IsPow2(n)) why = $"scrypt's n is {n}; a power of two from 2 to {1 << 24} is expected";
        else if (r is < 1 or > 64) why = $"scrypt's r is {r}; 1 to 64 is expected";
        else if (p is < 1 or > 64) why = $"scrypt's p is {p}; 1 to 64 is expected";
        else if (128 * n * r > MostMemory) why = $"scrypt with n = {n} and r = {r} needs {(128 * n * r) >> 20} MiB; at most {MostMemory >> 20} MiB are spent";
        else if (n * r * p > 1L << 24) why = $"scrypt with n = {n}, r = {r} and p = {p} takes too long";
        return why.Length == 0;
    }

    /// <summary>Derives a key.</summary>
    /// <exception cref="ArgumentException">The parameters are not accepted; see <see cref="Accepts"/>.</exception>
    public static byte[] DeriveKey(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int n, int r, int p, int length)
    {
        if (!Accepts(n, r, p, out var why)) throw new ArgumentException(why + ".");
        var blocks = Rfc2898DeriveBytes.Pbkdf2(password, salt, 1, HashAlgorithmName.SHA256, p * 128 * r);
        var words = new uint[32 * r];
        var scratch = new uint[32 * r];
        var memory = new uint[32 * r * n];
        try
        {
            for (var i = 0; i < p; i++)
            {
                var block = blocks.AsSpan(i * 128 * r, 128 * r);
                for (var w = 0; w < words.Length; w++) words[w] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * w)..]);
                Mix(words, scratch, memory, n);
                for (var w = 0; w < words.Length; w++) BinaryPrimitives.WriteUInt32LittleEndian(block[(4 * w)..], words[w]);
            }

            return Rfc2898DeriveBytes.Pbkdf2(password, blocks, 1, HashAlgorithmName.SHA256, length);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(blocks);
            Array.Clear(words);
            Array.Clear(scratch);
            Array.Clear(memory);
        }
    }

    // scryptROMix, section 5.
    private static void Mix(uint[] x, uint[] scratch, uint[] memory, int n)
    {
        var size = x.Length;
        for (var i = 0; i < n; i++)
        {
            x.CopyTo(memory.AsSpan(i * size));
            MixBlock(x, scratch);
        }

        for (var i = 0; i < n; i++)
        {
            // Integerify: the first words of the last 64-byte block, modulo a power of two.
            var j = (int)(x[size - 16] & (uint)(n - 1));
            var other = memory.AsSpan(j * size, size);
            for (var w = 0; w < size; w++) x[w] ^= other[w];
            MixBlock(x, scratch);
        }
    }

    // scryptBlockMix, section 4.
    private static void MixBlock(uint[] block, uint[] scratch)
    {
        var pieces = block.Length / 16;
        Span<uint> x = stackalloc uint[16];
        block.AsSpan(block.Length - 16).CopyTo(x);
        for (var i = 0; i < pieces; i++)
        {
            var piece = block.AsSpan(i * 16, 16);
            for (var w = 0; w < 16; w++) x[w] ^= piece[w];
            Salsa(x);

            // Even results come first, then the odd ones.
            x.CopyTo(scratch.AsSpan(((i / 2) + (i % 2 == 0 ? 0 : pieces / 2)) * 16));
        }

        scratch.CopyTo(block, 0);
    }

    // Salsa20/8 core, section 3.
    private static void Salsa(Span<uint> block)
    {
        Span<uint> x = stackalloc uint[16];
        block.CopyTo(x);
        for (var round = 0; round < 4; round++)
        {
            Quarter(ref x[0], ref x[4], ref x[8], ref x[12]);
            Quarter(ref x[5], ref x[9], ref x[13], ref x[1]);
            Quarter(ref x[10], ref x[14], ref x[2], ref x[6]);
            Quarter(ref x[15], ref x[3], ref x[7], ref x[11]);
            Quarter(ref x[0], ref x[1], ref x[2], ref x[3]);
            Quarter(ref x[5], ref x[6], ref x[7], ref x[4]);
            Quarter(ref x[10], ref x[11], ref x[8], ref x[9]);
            Quarter(ref x[15], ref x[12], ref x[13], ref x[14]);
        }

        for (var i = 0; i < 16; i++) block[i] = unchecked(block[i] + x[i]);
    }

    private static void Quarter(ref uint a, ref uint b, ref uint c, ref uint d)
    {
        unchecked
        {
            b ^= BitOperations.RotateLeft(a + d, 7);
            c ^= BitOperations.RotateLeft(b + a, 9);
            d ^= BitOperations.RotateLeft(c + b, 13);
            a ^= BitOperations.RotateLeft(d + c, 18);
        }
    }
}
