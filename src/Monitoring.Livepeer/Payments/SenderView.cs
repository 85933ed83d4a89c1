using System.Numerics;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>What a sender has to know of the chain before it signs.</summary>
/// <param name="L1Block">The block of Ethereum by which tickets expire; never the block of Arbitrum.</param>
/// <param name="Funds">Our deposit and reserve.</param>
/// <param name="Round">The round.</param>
/// <param name="GasPrice">Wei per unit of gas.</param>
public sealed record SenderView(long L1Block, SenderInfo Funds, RoundInfo Round, BigInteger GasPrice)
{
    /// <summary>True when orchestrators refuse our tickets because our funds may soon be gone (protocol reference, 4.5).</summary>
    public bool UnlocksSoon => Funds.WithdrawRound != 0 && Funds.WithdrawRound <= Round.LastInitializedRound + 1;
}
