using System.Numerics;

namespace Monitoring.Simulator;

/// <summary>
/// What makes a fleet on-chain: its nodes check signatures, want tickets, keep balances and sign results. The defaults are an orchestrator's
/// on Arbitrum with the recording's chain.
/// </summary>
public sealed record OnChainOptions
{
    /// <summary>The chain all nodes read. Default a <see cref="SimulatedChain"/> of its own, at which the nodes register as the fleet starts.</summary>
    public ISimulatedChain Chain { get; init; } = new SimulatedChain();

    /// <summary>The expected value nodes want of a ticket, wei, at least 1 (<c>-ticketEV</c>). Default 8e9.</summary>
    public BigInteger TicketEv { get; init; } = 8_000_000_000;

    /// <summary>The gas that redeeming a ticket takes; 0 or more. Default 1,200,000, as on Arbitrum; 350,000 elsewhere.</summary>
    public long RedeemGas { get; init; } = 1_200_000;

    /// <summary>
    /// The greatest face value, wei (<c>-maxFaceValue</c>); null (the default) for none. A small one above <see cref="TicketEv"/>, with
    /// <see cref="RedeemGas"/> 0, lets tickets win often: at twice the expected value every other one does.
    /// </summary>
    public BigInteger? MaxFaceValue { get; init; }

    /// <summary>Whether nodes add the cost of redemption to their price, as orchestrators do. Default true.</summary>
    public bool AdjustsPrice { get; init; } = true;

    /// <summary>The secret behind <c>recipientRand</c>; null draws one at each start of a node, as an orchestrator does.</summary>
    internal ImmutableArray<byte>? TicketSecret { get; init; }

    internal IEnumerable<string> Problems()
    {
        if (TicketEv < 1 || TicketEv > ReceivedTicket.MaxWinProb) yield return $"the expected value of a ticket cannot be {TicketEv} wei";
        if (RedeemGas < 0) yield return "the gas of a redemption cannot be negative";
        if (MaxFaceValue is { } most && most < TicketEv) yield return $"a greatest face value of {most} wei is below the expected value of {TicketEv} wei";
    }
}
