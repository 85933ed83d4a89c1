using System.Numerics;

namespace Monitoring.Core;

/// <summary>What one test cost, by what left this process: a ticket counts as soon as it may have been sent.</summary>
/// <param name="Expected">
/// The sum of the expected values of its tickets, wei, exact (protocol reference, 3.3). What a ticket really costs is its face value or nothing.
/// </param>
/// <param name="Pixels">Output pixels that orchestrators charged for.</param>
/// <param name="Tickets">Tickets signed.</param>
public sealed record Spend(Rational Expected, long Pixels, int Tickets)
{
    /// <summary>Nothing.</summary>
    public static Spend None { get; } = new(Rational.Zero, 0, 0);

    /// <summary>The expected cost in whole wei, rounded up: what caps and allowances count.</summary>
    public BigInteger Wei() => Expected.Ceiling();

    /// <summary>The sum of two.</summary>
    public static Spend operator +(Spend left, Spend right) =>
        new(left.Expected + right.Expected, checked(left.Pixels + right.Pixels), checked(left.Tickets + right.Tickets));

    /// <summary>The sum of two.</summary>
    public static Spend Add(Spend left, Spend right) => left + right;
}
