using System.Numerics;
using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>
/// What a gateway checks before it signs a ticket, in a gateway's order and words (protocol reference, 3.6). Whose fault a refusal is follows
/// from our own view of the chain: parameters that no gateway accepts are the orchestrator's, missing funds are ours.
/// </summary>
public static class SenderChecks
{
    // An orchestrator asks for 100 times the cost of redeeming, or 100 times the expected value (protocol reference, 3.4). Ten times that is
    // beyond any difference between its gas price and ours.
    private const int RedeemGas = 1_200_000;
    private const int AbsurdMultiple = 1_000;

    /// <summary>The refusal of parameters that are expired by our own L1 block: a new discovery may heal it.</summary>
    public const string Expired = "TicketParams expired";

    private static readonly Outcome Accepted = new(OutcomeCode.Completed);

    /// <summary>True when parameters may not be signed any more by the L1 block of a view.</summary>
    public static bool AreExpired(TicketParams parameters, SenderView view)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(view);
        return parameters.ExpirationBlock - view.L1Block <= 1;
    }

    /// <summary>Checks parameters for a batch of tickets.</summary>
    /// <param name="parameters">The parameters; null when the orchestrator sent none.</param>
    /// <param name="tickets">How many tickets, at least 1.</param>
    /// <param name="view">The chain.</param>
    /// <param name="limits">What is never signed.</param>
    /// <returns>Completed, or the refusal.</returns>
    public static Outcome Check(TicketParams? parameters, int tickets, SenderView view, PaymentLimits limits)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(limits);
        if (parameters is null) return Theirs("ticketParams is nil");
        if (parameters.ExpirationBlock.IsZero) return Theirs("ticketParams expiration block is 0");
        if (AreExpired(parameters, view)) return Theirs($"{Expired}: at block {parameters.ExpirationBlock}, and L1 is at {view.L1Block}");

        var ev = parameters.ExpectedValue;
        if (ev.Sign <= 0) return Accepted;
        if (ev >= parameters.FaceValue) return Theirs($"ticket faceValue too low faceValue={parameters.FaceValue}");
        if (ev > limits.MaxTicketEv) return Theirs($"ticket EV {Decimal(ev)} > max ticket EV {Decimal(limits.MaxTicketEv)}");

        if (view.UnlocksSoon) return Ours("unable to validate sender: deposit and reserve is set to unlock soon");
        if (view.Funds.ReserveFundsRemaining.Sign <= 0) return Ours("no sender reserve");
        if (view.Funds.Deposit.Sign <= 0) return Ours("no sender deposit");

        var total = ev * tickets;
        if (total > limits.MaxTotalEv) return Ours($"total ticket EV {Decimal(total)} for {tickets} tickets > max total ticket EV {Decimal(limits.MaxTotalEv)}");

        var most = view.Funds.Deposit / limits.DepositMultiplier;
        if (parameters.FaceValue <= most) return Accepted;
        var text = $"ticket faceValue {parameters.FaceValue} > max faceValue {most}";
        return IsAbsurd(parameters.FaceValue, ev, view.GasPrice) ? Theirs(text) : Ours(text);
    }

    private static bool IsAbsurd(BigInteger faceValue, Rational ev, BigInteger gasPrice) =>
        faceValue > AbsurdMultiple * BigInteger.Max(RedeemGas * gasPrice, ev.Ceiling());

    private static Outcome Theirs(string text) => new(OutcomeCode.ProtocolViolation, Outcome.Clean(text));

    private static Outcome Ours(string text) => new(OutcomeCode.OurWallet, Outcome.Clean(text));

    private static string Decimal(Rational wei) => wei.ToDecimalString(5);
}
