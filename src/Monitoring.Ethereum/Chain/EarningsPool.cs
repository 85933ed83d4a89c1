using System.Numerics;

namespace Monitoring.Ethereum;

/// <summary>What one orchestrator and its delegators share of one round (BondingManager, <c>getTranscoderEarningsPoolForRound</c>).</summary>
/// <param name="Round">The round.</param>
/// <param name="TotalStake">The stake counted for that round, in wei of LPT.</param>
/// <param name="RewardCut">The cut of that round, parts of 1,000,000.</param>
/// <param name="FeeShare">The share of that round, parts of 1,000,000.</param>
/// <param name="CumulativeRewardFactor">Scaled by 10^27; 0 when no reward was called for in that round.</param>
/// <param name="CumulativeFeeFactor">Scaled by 10^27; 0 when no fees were paid in that round.</param>
public sealed record EarningsPool(long Round, BigInteger TotalStake, int RewardCut, int FeeShare, BigInteger CumulativeRewardFactor, BigInteger CumulativeFeeFactor);
