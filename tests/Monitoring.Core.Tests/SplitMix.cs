using System.Globalization;

namespace Monitoring.Core.Tests;

/// <summary>A small generator that is the same on every machine (SplitMix64 of Steele, Lea and Flood, 2014).</summary>
internal sealed class SplitMix(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The seed it began with, for messages.</summary>
    public ulong Origin { get; } = seed;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>0 to bound - 1; the bias of a 64-bit draw is far below anything a test here could see.</summary>
    public int Below(int bound) => (int)((UInt128)Next() * (uint)bound >> 64);

    public long Below(long bound) => (long)((UInt128)Next() * (ulong)bound >> 64);

    /// <summary>0 to 1, exclusive.</summary>
    public double Share() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool OneIn(int n) => Below(n) == 0;

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    public void Shuffle<T>(IList<T> list)
    {
        for (var i = list.Count - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (list[i], list[j]) = (list[j], list[i]);
        }
    }
}

/// <summary>Where a run's seed comes from: the environment, to replay one, else a fixed number.</summary>
internal static class Seed
{
    public static ulong Of(string variable) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : 20261120;
}
