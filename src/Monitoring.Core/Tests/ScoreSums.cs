using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>
/// The four integers that a score is made of (design section 6). They add up exactly, so the order of reports cannot matter.
/// </summary>
/// <param name="Received">R: renditions received and valid.</param>
/// <param name="Expected">E: source segments x renditions x streams, whether or not they were ever sent.</param>
/// <param name="DurationMicros">D: microseconds of the segments that came back complete.</param>
/// <param name="RoundTripMicros">T: microseconds of the round trips of the same segments.</param>
public readonly record struct ScoreSums(long Received, long Expected, long DurationMicros, long RoundTripMicros)
{
    /// <summary>Adds two sums.</summary>
    /// <exception cref="OverflowException">A sum leaves 64 bits.</exception>
    public static ScoreSums operator +(ScoreSums a, ScoreSums b) => checked(new(
        a.Received + b.Received, a.Expected + b.Expected, a.DurationMicros + b.DurationMicros, a.RoundTripMicros + b.RoundTripMicros));

    /// <summary>Adds two sums.</summary>
    public static ScoreSums Add(ScoreSums left, ScoreSums right) => left + right;

    /// <summary>
    /// More than any test can have of anything: 2^48 (as microseconds, nine years). So even the fullest window cannot leave 64 bits.
    /// </summary>
    public const long Largest = 1L << 48;

    /// <summary>True when no number is negative or above <see cref="Largest"/>, and no more was received than expected.</summary>
    [JsonIgnore]
    public bool IsPossible => Received >= 0 && Expected >= Received && Expected <= Largest
        && DurationMicros is >= 0 and <= Largest && RoundTripMicros is >= 0 and <= Largest;
}
