using System.Numerics;

namespace Monitoring.Livepeer;

/// <summary>
/// What is never signed, whatever an orchestrator asks. The defaults are those of stock gateways (protocol reference, 3.6), so whoever is
/// refused here is refused by its customers too.
/// </summary>
public sealed record PaymentLimits
{
    /// <summary>The most that one ticket may be worth on average, wei. Default 3e12.</summary>
    public BigInteger MaxTicketEv { get; init; } = 3_000_000_000_000;

    /// <summary>The most that the tickets of one payment may be worth on average, wei. Default 2e13.</summary>
    public BigInteger MaxTotalEv { get; init; } = 20_000_000_000_000;

    /// <summary>A face value may be at most the deposit over this. Default 1.</summary>
    public int DepositMultiplier { get; init; } = 1;

    /// <summary>The breaker of this region: the most expected value signed in one UTC day, wei. Null for none.</summary>
    public BigInteger? MaxPerDay { get; init; }

    /// <summary>Lists everything that is wrong with the limits; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (MaxTicketEv.Sign <= 0) yield return $"MaxTicketEv is {MaxTicketEv} wei: more than 0 is expected.";
        if (MaxTotalEv < MaxTicketEv) yield return $"MaxTotalEv is {MaxTotalEv} wei: at least MaxTicketEv ({MaxTicketEv}) is expected.";
        if (DepositMultiplier < 1) yield return $"DepositMultiplier is {DepositMultiplier}: 1 or more is expected.";
        if (MaxPerDay is { Sign: < 0 } day) yield return $"MaxPerDay is {day} wei: 0 or more is expected.";
    }
}
