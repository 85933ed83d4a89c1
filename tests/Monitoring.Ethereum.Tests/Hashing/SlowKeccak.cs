namespace Monitoring.Ethereum.Tests.Hashing;

/// <summary>
/// Keccak-256 bit by bit, straight from the definitions of FIPS 202 (sections 3.1 to 3.2, 4, 5.1), constants computed and nothing tabulated:
/// slow, and independent of the implementation it checks.
/// </summary>
internal static class SlowKeccak
{
    private const int RateBits = 1088;
    private const int Width = 64;

    public static byte[] Hash(byte[] data)
    {
        var message = new List<bool>();
        foreach (var b in data)
        {
            for (var bit = 0; bit < 8; bit++) message.Add(((b >> bit) & 1) == 1);
        }

        // pad10*1 without a domain suffix: the original submission.
        message.Add(true);
        while (message.Count % RateBits != RateBits - 1) message.Add(false);
        message.Add(true);

        var a = new bool[5, 5, Width];
        for (var start = 0; start < message.Count; start += RateBits)
        {
            for (var i = 0; i < RateBits; i++) a[i / Width % 5, i / Width / 5, i % Width] ^= message[start + i];
            for (var round = 0; round < 24; round++) a = Iota(Chi(Pi(Rho(Theta(a)))), round);
        }

        var hash = new byte[32];
        for (var i = 0; i < 256; i++)
        {
            if (a[i / Width % 5, i / Width / 5, i % Width]) hash[i / 8] |= (byte)(1 << (i % 8));
        }

        return hash;
    }

    private static bool[,,] Theta(bool[,,] a) => Each((x, y, z) =>
    {
        var parity = false;
        for (var row = 0; row < 5; row++) parity ^= a[(x + 4) % 5, row, z] ^ a[(x + 1) % 5, row, (z + Width - 1) % Width];
        return a[x, y, z] ^ parity;
    });

    private static bool[,,] Rho(bool[,,] a)
    {
        var offsets = new int[5, 5];
        var (x, y) = (1, 0);
        for (var t = 0; t < 24; t++)
        {
            offsets[x, y] = (t + 1) * (t + 2) / 2 % Width;
            (x, y) = (y, ((2 * x) + (3 * y)) % 5);
        }

        return Each((i, j, z) => a[i, j, (z - offsets[i, j] + Width) % Width]);
    }

    private static bool[,,] Pi(bool[,,] a) => Each((x, y, z) => a[(x + (3 * y)) % 5, x, z]);

    private static bool[,,] Chi(bool[,,] a) => Each((x, y, z) => a[x, y, z] ^ (!a[(x + 1) % 5, y, z] & a[(x + 2) % 5, y, z]));

    private static bool[,,] Iota(bool[,,] a, int round)
    {
        for (var j = 0; j <= 6; j++) a[0, 0, (1 << j) - 1] ^= RoundBit(j + (7 * round));
        return a;
    }

    // The linear feedback shift register of section 3.2.5.
    private static bool RoundBit(int t)
    {
        var register = 1;
        for (var i = 0; i < t % 255; i++)
        {
            register <<= 1;
            if ((register & 0x100) != 0) register ^= 0x171;
        }

        return (register & 1) == 1;
    }

    private static bool[,,] Each(Func<int, int, int, bool> bit)
    {
        var a = new bool[5, 5, Width];
        for (var x = 0; x < 5; x++)
        {
            for (var y = 0; y < 5; y++)
            {
                for (var z = 0; z < Width; z++) a[x, y, z] = bit(x, y, z);
            }
        }

        return a;
    }
}
