using System.Numerics;

namespace Monitoring.Simulator;

/// <summary>A sender's account at the ticket broker. The defaults are those of the recorded orchestrator's stand-in chain.</summary>
public sealed record SenderFacts
{
    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);

    /// <summary>Wei. Default 1 ETH.</summary>
    public BigInteger Deposit { get; init; } = Ether;

    /// <summary>What is left of the reserve, wei. Default 10 ETH.</summary>
    public BigInteger ReserveRemaining { get; init; } = 10 * Ether;

    /// <summary>Wei claimed from the reserve in the current round, by anybody.</summary>
    public BigInteger ReserveClaimed { get; init; }

    /// <summary>Wei of that claimed by the orchestrator that asks.</summary>
    public BigInteger ReserveClaimedByRecipient { get; init; }

    /// <summary>The round in which deposit and reserve may be withdrawn; 0 while they are locked.</summary>
    public long WithdrawRound { get; init; }

    /// <summary>
    /// The greatest face value the sender can back at one orchestrator (protocol section 3.5); negative when more was claimed than its share.
    /// </summary>
    /// <param name="poolSize">The orchestrators that share the reserve; with none nobody gets anything.</param>
    /// <param name="pending">Face values of the sender's winning tickets that are being redeemed, wei.</param>
    internal BigInteger MaxFloat(int poolSize, BigInteger pending)
    {
        var share = poolSize == 0 ? BigInteger.Zero : ((ReserveRemaining + ReserveClaimed) / poolSize) - ReserveClaimedByRecipient;
        var depositCoversPending = pending.Sign > 0 && Deposit >= 3 * pending;
        return depositCoversPending ? share : share - pending;
    }
}
