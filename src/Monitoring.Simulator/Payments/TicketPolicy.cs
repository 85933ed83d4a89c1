using System.Numerics;
using Monitoring.Core;

namespace Monitoring.Simulator;

/// <summary>How an orchestrator chooses face value and win probability (protocol section 3.4, steps 2 and 3).</summary>
/// <param name="Ev">The expected value it wants of a ticket, wei, above 0 (<c>-ticketEV</c>).</param>
/// <param name="RedeemGas">The gas that redeeming one ticket takes.</param>
/// <param name="MaxFaceValue">The face value it never exceeds, wei (<c>-maxFaceValue</c>); null for none.</param>
internal sealed record TicketPolicy(BigInteger Ev, long RedeemGas, BigInteger? MaxFaceValue)
{
    /// <summary>What an orchestrator says when no face value will do.</summary>
    public const string InsufficientReserve = "insufficient sender reserve";

    /// <summary>A win should be worth so many redemptions, or so many tickets where redeeming costs next to nothing.</summary>
    private const int Multiplier = 100;

    private static readonly BigInteger AverageGasPrice = 3_000_000_000;

    /// <summary>The face value; null when the sender's reserve is too small.</summary>
    public BigInteger? FaceValue(BigInteger gasPrice, BigInteger maxFloat)
    {
        var redemption = RedeemGas * gasPrice;
        var faceValue = redemption * Multiplier;
        if (faceValue < Ev) faceValue = Ev * Multiplier;
        if (faceValue > maxFloat) faceValue = maxFloat;
        if (MaxFaceValue is { } most && most < faceValue) faceValue = most;
        var worthRedeeming = faceValue >= redemption || faceValue >= RedeemGas * AverageGasPrice;
        return faceValue >= Ev && worthRedeeming ? faceValue : null;
    }

    /// <summary>The probability, times 2^256 - 1, that gives a ticket of this face value the wanted expected value, rounded up.</summary>
    public BigInteger WinProb(BigInteger faceValue)
    {
        if (faceValue.IsZero) return BigInteger.Zero;
        if (faceValue == Ev) return ReceivedTicket.MaxWinProb;
        var quotient = BigInteger.DivRem(ReceivedTicket.MaxWinProb, faceValue, out var remainder);
        // As the original does it: only the low 64 bits of the remainder decide about rounding.
        return Ev * ((remainder & ulong.MaxValue).IsZero ? quotient : quotient + 1);
    }

    /// <summary>
    /// The price that is stated: with the cost of redemption on top, cut to three decimals (protocol section 3.1). Null when the reserve is too
    /// small to know it.
    /// </summary>
    public Rational? StatedPrice(Rational price, BigInteger gasPrice, BigInteger maxFloat)
    {
        var overhead = Rational.Zero;
        if (price.Sign > 0)
        {
            if (FaceValue(gasPrice, maxFloat) is not { } faceValue) return null;
            var redemption = RedeemGas * gasPrice;
            if (redemption.Sign > 0 && faceValue.Sign > 0) overhead = new Rational(redemption, faceValue);
        }

        return WithOverhead(price, overhead);
    }

    /// <summary>The price times one and the overhead, cut to three decimals.</summary>
    public static Rational WithOverhead(Rational price, Rational overhead)
    {
        var exact = price * (1 + overhead) * 1000;
        return new Rational(BigInteger.Divide(exact.Numerator, exact.Denominator), 1000);
    }
}
