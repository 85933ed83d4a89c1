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

    /// <summary>True when no number is negative and no more was received than expected.</summary>
    public bool IsPossible => Received >= 0 && Expected >= Received && DurationMicros >= 0 && RoundTripMicros >= 0;
}
