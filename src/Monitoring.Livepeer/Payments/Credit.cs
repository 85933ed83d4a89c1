using System.Numerics;
using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>A gateway's arithmetic of credit, exact (protocol reference, 3.7).</summary>
public static class Credit
{
    /// <summary>What is taken from the credit before a segment, and how many tickets make up for what is missing.</summary>
    /// <param name="existing">The credit of the session; may be negative.</param>
    /// <param name="fee">The estimated fee; null when nothing is to be paid.</param>
    /// <param name="expectedValue">Of one ticket; null when there are no parameters for tickets.</param>
    public static StagedCredit Stage(Rational existing, Rational? fee, Rational? expectedValue)
    {
        if (fee is not { } wanted) return new StagedCredit(existing, 0, Rational.Zero);

        // At least one ticket's worth, because orchestrators let nobody in with less (3.8).
        var least = expectedValue is { } ev && ev > wanted ? ev : wanted;
        if (existing >= least || expectedValue is not { Sign: > 0 } worth) return new StagedCredit(existing, 0, Rational.Zero);
        var tickets = ((least - existing) / worth).Ceiling();
        return new StagedCredit(existing, tickets, (Rational)tickets * worth);
    }

    /// <summary>What comes back to the credit.</summary>
    /// <param name="staged">What was staged.</param>
    /// <param name="end">How the segment ended.</param>
    /// <param name="debit">The fee of the pixels that came back; counts only when something was delivered.</param>
    public static Rational Change(StagedCredit staged, PaymentEnd end, Rational debit) => end switch
    {
        PaymentEnd.Delivered => staged.Existing + staged.New - debit,
        PaymentEnd.NoResponse => staged.Existing,
        // Nothing comes back, and a debt is not forgiven.
        _ => staged.Existing.Sign < 0 ? staged.Existing : Rational.Zero,
    };
}

/// <summary>Credit that a segment holds while it is in flight.</summary>
/// <param name="Existing">What was there.</param>
/// <param name="Tickets">Tickets to sign.</param>
/// <param name="New">What they are worth.</param>
public readonly record struct StagedCredit(Rational Existing, BigInteger Tickets, Rational New);
