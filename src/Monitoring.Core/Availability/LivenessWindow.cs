namespace Monitoring.Core;

/// <summary>
/// The intervals of the last 24 hours in one region: whether there was valid evidence in each, and whether the orchestrator was up. An interval
/// in which it answered at all was up. Immutable and small: two bits an interval, whatever number of checks; the same check twice, and
/// checks in any order, give the same.
/// </summary>
public sealed record LivenessWindow
{
    private const int Words = 5;
    private const int Slots = Words * 64;

    /// <summary>Length of an interval. 5 min.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Intervals of the window: a day. Fewer than there are bits.</summary>
    public const int Intervals = 288;

    /// <summary>No evidence yet.</summary>
    public static LivenessWindow Empty { get; } = new();

    /// <summary>The number of the newest interval with a place; intervals are numbered from the year 1.</summary>
    public long Newest { get; init; }

    /// <summary>Intervals with evidence, as a ring of bits; empty for none.</summary>
    public ImmutableArray<ulong> Seen { get; init; } = [];

    /// <summary>Intervals in which it was up, likewise.</summary>
    public ImmutableArray<ulong> Up { get; init; } = [];

    /// <summary>The window with a check. One that is older than the window changes nothing.</summary>
    public LivenessWindow With(DateTimeOffset at, bool alive)
    {
        var number = NumberOf(at);
        if (number <= Newest - Slots) return this;
        var seen = Bits(Seen);
        var up = Bits(Up);
        for (var n = Math.Max(Newest + 1, number - Slots + 1); n <= number; n++)
        {
            Clear(seen, n);
            Clear(up, n);
        }

        var (word, bit) = Place(number);
        if (number <= Newest && (seen[word] & bit) != 0 && (!alive || (up[word] & bit) != 0)) return this;
        seen[word] |= bit;
        if (alive) up[word] |= bit;
        return new LivenessWindow { Newest = Math.Max(Newest, number), Seen = [.. seen], Up = [.. up] };
    }

    /// <summary>The window without the evidence of a span, which turned out not to be valid. Whole intervals go.</summary>
    public LivenessWindow Without(DateTimeOffset from, DateTimeOffset until)
    {
        var first = Math.Max(NumberOf(from), Newest - Slots + 1);
        var last = Math.Min(NumberOf(until), Newest);
        if (Seen.IsEmpty || first > last) return this;
        var seen = Bits(Seen);
        var up = Bits(Up);
        for (var n = first; n <= last; n++)
        {
            Clear(seen, n);
            Clear(up, n);
        }

        return Seen.AsSpan().SequenceEqual(seen) ? this : this with { Seen = [.. seen], Up = [.. up] };
    }

    /// <summary>Of the intervals of the last 24 hours: those with valid evidence, and those of them in which it was up.</summary>
    public (int Seen, int Up) Count(DateTimeOffset now)
    {
        var last = NumberOf(now);
        int seen = 0, up = 0;
        for (var n = Math.Max(last - Intervals + 1, Newest - Slots + 1); n <= last && n <= Newest && !Seen.IsEmpty; n++)
        {
            var (word, bit) = Place(n);
            if ((Seen[word] & bit) == 0) continue;
            seen++;
            if ((Up[word] & bit) != 0) up++;
        }

        return (seen, up);
    }

    /// <summary>Share of the intervals with valid evidence in which it was up, 0 to 1; null without evidence.</summary>
    public double? Availability(DateTimeOffset now)
    {
        var (seen, up) = Count(now);
        return seen == 0 ? null : (double)up / seen;
    }

    private static long NumberOf(DateTimeOffset at) => at.UtcTicks / Interval.Ticks;

    private static (int Word, ulong Bit) Place(long number) => ((int)(number % Slots / 64), 1UL << (int)(number % 64));

    private static ulong[] Bits(ImmutableArray<ulong> bits) => bits.Length == Words ? [.. bits] : new ulong[Words];

    private static void Clear(ulong[] bits, long number)
    {
        var (word, bit) = Place(number);
        bits[word] &= ~bit;
    }
}
