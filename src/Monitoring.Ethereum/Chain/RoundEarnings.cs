using System.Collections.Immutable;
using System.Numerics;

namespace Monitoring.Ethereum;

/// <summary>
/// What one orchestrator and its delegators earned in one round, worked out of the factors that the contract keeps (LIP-36; EarningsPoolLIP36):
/// a factor grows by the delegators' part over the stake of the round, so the amounts are exact to a unit or so of 10^-27 of that stake.
/// </summary>
/// <param name="Round">The round.</param>
/// <param name="RewardCalled">Whether the inflationary reward of that round was called for.</param>
/// <param name="FeesPaid">Whether a winning ticket was cashed in that round.</param>
/// <param name="Rewards">
/// All rewards of the round, in wei of LPT, the orchestrator's cut included; null where the factors do not tell: the round before them is not
/// known, or the orchestrator keeps everything.
/// </param>
/// <param name="Fees">All fees of the round, in wei; null where the factors do not tell: nothing is known of earlier fees, or delegators get none.</param>
public sealed record RoundEarnings(long Round, bool RewardCalled, bool FeesPaid, BigInteger? Rewards, BigInteger? Fees)
{
    /// <summary>The earnings of every round whose pool is there, newest first.</summary>
    /// <param name="pools">Pools of one orchestrator, newest first; a round that is missing in between is a round of which nothing is known.</param>
    public static ImmutableArray<RoundEarnings> Of(ImmutableArray<EarningsPool> pools) =>
        [.. pools.Select((pool, i) => Of(pool, i + 1 < pools.Length && pools[i + 1].Round == pool.Round - 1 ? pools[i + 1] : null))];

    private static RoundEarnings Of(EarningsPool pool, EarningsPool? before)
    {
        var rewardCalled = !pool.CumulativeRewardFactor.IsZero;
        var feesPaid = !pool.CumulativeFeeFactor.IsZero;
        return new RoundEarnings(
            pool.Round, rewardCalled, feesPaid, rewardCalled ? RewardsOf(pool, before) : BigInteger.Zero, feesPaid ? FeesOf(pool, before) : BigInteger.Zero);
    }

    // factor = before + before * delegators' rewards / stake; delegators get what is left of the cut.
    private static BigInteger? RewardsOf(EarningsPool pool, EarningsPool? before)
    {
        var delegatorParts = PoolMember.Parts - pool.RewardCut;
        if (before is null || before.CumulativeRewardFactor.IsZero || delegatorParts == 0) return null;
        var growth = pool.CumulativeRewardFactor - before.CumulativeRewardFactor;
        return growth.Sign < 0 ? null : pool.TotalStake * growth * PoolMember.Parts / (before.CumulativeRewardFactor * delegatorParts);
    }

    // factor = before + reward factor before * delegators' fees / stake; delegators get the fee share.
    private static BigInteger? FeesOf(EarningsPool pool, EarningsPool? before)
    {
        if (before is null || before.CumulativeFeeFactor.IsZero || before.CumulativeRewardFactor.IsZero || pool.FeeShare == 0) return null;
        var growth = pool.CumulativeFeeFactor - before.CumulativeFeeFactor;
        return growth.Sign < 0 ? null : pool.TotalStake * growth * PoolMember.Parts / (before.CumulativeRewardFactor * pool.FeeShare);
    }
}
