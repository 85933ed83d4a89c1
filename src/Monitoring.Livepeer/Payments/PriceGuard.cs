using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>
/// The only guard on the price within a session: it may not exceed twice the first one (protocol reference, 3.1). A price that falls to
/// zero is a known quirk of orchestrators and no fault (3.8).
/// </summary>
public static class PriceGuard
{
    /// <summary>The price as a fraction.</summary>
    /// <param name="price">As it came; null when it did not.</param>
    /// <param name="fraction">Wei per pixel.</param>
    /// <param name="problem">What is wrong with it; empty when nothing is.</param>
    internal static bool TryRead(Wire.PriceInfo? price, out Rational fraction, out string problem)
    {
        fraction = Rational.Zero;
        problem = price switch
        {
            null => "missing orchestrator price",
            { PixelsPerUnit: 0 } => "pixels per unit is 0",
            { PixelsPerUnit: < 0 } or { PricePerUnit: < 0 } => FormattableString.Invariant($"a price of {price.PricePerUnit} for {price.PixelsPerUnit} pixels"),
            _ => "",
        };
        if (problem.Length == 0) fraction = new Rational(price!.PricePerUnit, price.PixelsPerUnit);
        return problem.Length == 0;
    }

    /// <summary>What is wrong with a price, given the first of the session; empty when nothing is.</summary>
    /// <param name="current">The price now.</param>
    /// <param name="initial">The first price of the session; null when there was none.</param>
    public static string Problem(Rational current, Rational? initial) => initial is { } first && current > first * 2
        ? $"Orchestrator price has more than doubled, Orchestrator price: {current}, Orchestrator initial price: {first}"
        : "";
}
