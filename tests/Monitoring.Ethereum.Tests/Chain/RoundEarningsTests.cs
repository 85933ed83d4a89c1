using System.Numerics;

namespace Monitoring.Ethereum.Tests.Chain;

/// <summary>The contract's arithmetic is redone here in the direction in which the contract goes: from amounts to factors.</summary>
public sealed class RoundEarningsTests
{
    private static readonly BigInteger One = BigInteger.Pow(10, 27);
    private static readonly BigInteger Lpt = BigInteger.Pow(10, 18);

    [Fact]
    public void Rewards_and_fees_come_out_of_the_factors_that_they_made()
    {
        var before = new EarningsPool(41, 1000 * Lpt, 100_000, 500_000, One * 3 / 2, One / 7);
        var stake = 123_456 * Lpt;
        BigInteger rewards = 80 * Lpt, fees = 3 * Lpt / 100;
        var delegatorRewards = rewards * 900_000 / 1_000_000;
        var delegatorFees = fees * 500_000 / 1_000_000;
        var after = new EarningsPool(
            42, stake, 100_000, 500_000,
            before.CumulativeRewardFactor + (before.CumulativeRewardFactor * (delegatorRewards * One / stake) / One),
            before.CumulativeFeeFactor + (before.CumulativeRewardFactor * (delegatorFees * One / stake) / One));

        var earnings = RoundEarnings.Of([after, before]);
        Assert.Equal((42L, true, true), (earnings[0].Round, earnings[0].RewardCalled, earnings[0].FeesPaid));
        Assert.InRange(earnings[0].Rewards!.Value, rewards - 10, rewards);
        Assert.InRange(earnings[0].Fees!.Value, fees - 10, fees);
        Assert.Equal((41L, true, true, null, null), (earnings[1].Round, earnings[1].RewardCalled, earnings[1].FeesPaid, earnings[1].Rewards, earnings[1].Fees));
    }

    [Fact]
    public void Who_neither_called_nor_was_paid_earned_nothing() =>
        Assert.Equal(
            new RoundEarnings(42, false, false, BigInteger.Zero, BigInteger.Zero), RoundEarnings.Of([new EarningsPool(42, 0, 0, 0, 0, 0)]).Single());

    [Theory]
    [InlineData(0, 1, 1, 500_000, 500_000, 41)]
    [InlineData(2, 1, 1, 1_000_000, 0, 41)]
    [InlineData(2, 1, 1, 500_000, 500_000, 40)]
    [InlineData(4, 9, 3, 500_000, 500_000, 41)]
    public void What_the_factors_do_not_tell_is_left_open(int rewardBefore, int feeBefore, int after, int cut, int share, long roundBefore)
    {
        var earnings = RoundEarnings.Of([new EarningsPool(42, Lpt, cut, share, One * after, One * after), new EarningsPool(roundBefore, Lpt, cut, share, One * rewardBefore, One * feeBefore)])[0];
        Assert.Equal((true, true, null, null), (earnings.RewardCalled, earnings.FeesPaid, earnings.Rewards, earnings.Fees));
    }

    [Fact]
    public void No_pools_no_earnings() => Assert.Empty(RoundEarnings.Of([]));
}
