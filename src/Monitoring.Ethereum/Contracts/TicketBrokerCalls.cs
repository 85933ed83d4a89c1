using System.Numerics;

namespace Monitoring.Ethereum;

/// <summary>A ticket as the broker's contract takes it (livepeer-protocol, section 3.3).</summary>
public sealed record ContractTicket
{
    /// <summary>The orchestrator that is paid.</summary>
    public required Address Recipient { get; init; }

    /// <summary>The gateway that pays.</summary>
    public required Address Sender { get; init; }

    /// <summary>What a winning ticket pays, in wei.</summary>
    public required BigInteger FaceValue { get; init; }

    /// <summary>The chance of winning, over 2^256 - 1.</summary>
    public required BigInteger WinProb { get; init; }

    /// <summary>The sender's nonce.</summary>
    public required BigInteger SenderNonce { get; init; }

    /// <summary>The recipient's commitment to its random number.</summary>
    public required Hash32 RecipientRandHash { get; init; }

    /// <summary>Creation round and its block hash, 64 bytes, or nothing.</summary>
    public required ReadOnlyMemory<byte> AuxData { get; init; }

    internal AbiWriter Members => new AbiWriter()
        .Address(Recipient).Address(Sender).Uint256(FaceValue).Uint256(WinProb).Uint256(SenderNonce).Bytes32(RecipientRandHash).Bytes(AuxData.Span);
}

/// <summary>The data of calls to the ticket broker (livepeer-protocol, section 4.5).</summary>
public static class TicketBrokerCalls
{
    /// <summary>Pays into the caller's own deposit and reserve; the transaction's value must be their sum.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An amount is negative or above 2^256 - 1 wei.</exception>
    public static byte[] FundDepositAndReserve(BigInteger deposit, BigInteger reserve) =>
        ProtocolAbi.FundDepositAndReserve.Call(new AbiWriter().Uint256(deposit).Uint256(reserve));

    /// <summary>Pays into somebody else's deposit and reserve; the transaction's value must be their sum. It does not cancel an unlock.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An amount is negative or above 2^256 - 1 wei.</exception>
    public static byte[] FundDepositAndReserveFor(Address sender, BigInteger deposit, BigInteger reserve) =>
        ProtocolAbi.FundDepositAndReserveFor.Call(new AbiWriter().Address(sender).Uint256(deposit).Uint256(reserve));

    /// <summary>Cashes a winning ticket, which its recipient does.</summary>
    public static byte[] RedeemWinningTicket(ContractTicket ticket, Signature signature, BigInteger recipientRand)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        return ProtocolAbi.RedeemWinningTicket.Call(new AbiWriter().DynamicTuple(ticket.Members).Bytes(signature.ToBytes()).Uint256(recipientRand));
    }
}
