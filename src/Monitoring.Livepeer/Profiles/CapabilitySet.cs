namespace Monitoring.Livepeer;

/// <summary>A set of capability numbers as the wire holds it: number i is bit i % 64 of word i / 64 (protocol reference, 1.6).</summary>
public sealed class CapabilitySet
{
    private const int MaximumWords = 64;
    private readonly ImmutableArray<ulong> _words;

    private CapabilitySet(ImmutableArray<ulong> words) => _words = words;

    /// <summary>The empty set.</summary>
    public static CapabilitySet Empty { get; } = new([]);

    /// <summary>
    /// What a stream test needs: H264 (0), MPEGTS (1), AuthToken (12) and SegmentSlicing (26), as a gateway derives them for HTTP push.
    /// </summary>
    public static CapabilitySet StreamTest { get; } = Of(0, 1, 12, 26);

    /// <summary>The words of the wire, lowest numbers first.</summary>
    public ImmutableArray<ulong> Words => _words;

    /// <summary>The set of the numbers given; negative ones are dropped (vector <c>caps-bitstring</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is 4,096 or more.</exception>
    public static CapabilitySet Of(params ReadOnlySpan<int> numbers)
    {
        var words = new List<ulong>();
        foreach (var number in numbers)
        {
            if (number < 0) continue;
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, MaximumWords * 64, nameof(numbers));
            while (words.Count <= number / 64) words.Add(0);
            words[number / 64] |= 1UL << (number % 64);
        }

        return new CapabilitySet([.. words]);
    }

    /// <summary>The set in words of the wire. Numbers of 4,096 and more mean nothing to anybody and are dropped.</summary>
    public static CapabilitySet FromWords(IEnumerable<ulong> words) => new([.. words.Take(MaximumWords)]);

    /// <summary>True when the set has the number.</summary>
    public bool Contains(int number) => number >= 0 && number / 64 < _words.Length && (_words[number / 64] >> (number % 64) & 1) == 1;

    /// <summary>True when every number of this set is in the other.</summary>
    public bool IsSubsetOf(CapabilitySet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < _words.Length; i++)
        {
            var offered = i < other._words.Length ? other._words[i] : 0;
            if ((_words[i] & ~offered) != 0) return false;
        }

        return true;
    }
}
