using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Monitoring.Core;

/// <summary>
/// The seed that a day's plan is drawn from: HMAC-SHA256(secret of the day, anchor). The anchor is the hash of the first L1 block after
/// 00:00 UTC, or the date where there is no chain; the hash of the secret is published the day before and the secret the day after, so
/// nobody can know the plan early and anybody can recompute it late.
/// </summary>
public readonly record struct DaySeed
{
    private readonly ImmutableArray<byte> _key;

    private DaySeed(ImmutableArray<byte> key) => _key = key;

    /// <summary>The seed of a day.</summary>
    /// <param name="secretOfDay">32 bytes.</param>
    /// <param name="anchor">The block hash, or <see cref="DateAnchor"/>.</param>
    /// <exception cref="ArgumentException">The secret is not 32 bytes.</exception>
    public static DaySeed From(ReadOnlySpan<byte> secretOfDay, ReadOnlySpan<byte> anchor) => secretOfDay.Length == 32
        ? new DaySeed([.. HMACSHA256.HashData(secretOfDay, anchor)])
        : throw new ArgumentException("The secret of a day has 32 bytes.", nameof(secretOfDay));

    /// <summary>The secret of a day from the instrument's master secret: HMAC-SHA256(master, "day yyyy-MM-dd").</summary>
    public static byte[] SecretOf(ReadOnlySpan<byte> master, DateOnly day) =>
        HMACSHA256.HashData(master, Encoding.ASCII.GetBytes("day " + day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));

    /// <summary>What is published the day before: the SHA-256 of the day's secret, lower-case hex.</summary>
    public static string Commitment(ReadOnlySpan<byte> secretOfDay) => Convert.ToHexStringLower(SHA256.HashData(secretOfDay));

    /// <summary>The anchor of a day without a chain: the ASCII date, <c>yyyy-MM-dd</c>.</summary>
    public static byte[] DateAnchor(DateOnly day) => Encoding.ASCII.GetBytes(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    /// <summary>Starts the sequence of draws for one purpose; the same seed and label give the same sequence for ever.</summary>
    public Draws Sequence(string label) => new(_key.IsDefault ? [] : _key.AsSpan().ToArray(), Encoding.UTF8.GetBytes(label));

    /// <summary>A reproducible sequence of uniform draws: blocks of HMAC-SHA256(seed, label || 0x00 || counter as 8 bytes big-endian).</summary>
    public sealed class Draws
    {
        private readonly byte[] _key;
        private readonly byte[] _message;
        private readonly byte[] _block = new byte[32];
        private ulong _counter;
        private int _at = 32;

        internal Draws(byte[] key, byte[] label)
        {
            _key = key;
            _message = [.. label, 0, .. new byte[8]];
        }

        /// <summary>A uniform number of 0 to <paramref name="bound"/> - 1, without modulo bias.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The bound is not positive.</exception>
        public long Below(long bound)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
            var limit = ulong.MaxValue - (ulong.MaxValue % (ulong)bound);
            while (true)
            {
                var value = Next();
                if (value < limit) return (long)(value % (ulong)bound);
            }
        }

        private ulong Next()
        {
            if (_at == 32)
            {
                BinaryPrimitives.WriteUInt64BigEndian(_message.AsSpan(_message.Length - 8), _counter++);
                HMACSHA256.HashData(_key, _message, _block);
                _at = 0;
            }

            var value = BinaryPrimitives.ReadUInt64BigEndian(_block.AsSpan(_at));
            _at += 8;
            return value;
        }
    }
}
