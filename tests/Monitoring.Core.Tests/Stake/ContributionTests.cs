namespace Monitoring.Core.Tests;

public sealed class ContributionTests
{
    private const long Round = 3000;

    [Theory]
    [InlineData(3000, 0, 0.0, CellState.Measured, true)]
    [InlineData(2999, 0, 0.0, CellState.Zero, true)]
    [InlineData(2998, 0, 0.0, CellState.Measured, false)]
    [InlineData(0, 0, 0.0, CellState.Measured, false)]
    [InlineData(3000, 2992, 0.0, CellState.Measured, true)]
    [InlineData(3000, 2993, 0.0, CellState.Measured, false)]
    [InlineData(3000, 0, 0.01, CellState.Measured, false)]
    [InlineData(3000, 0, 0.0, CellState.Held, null)]
    public void Who_calls_for_rewards_and_brings_nothing_collects_without_contributing(long lastReward, long lastFee, double success, CellState state, bool? expected) =>
        Assert.Equal(expected, ContributionRule.CollectsWithoutContributing(Facts(lastReward, lastFee), Round, [Cell("FRA", success, state)]));

    [Fact]
    public void One_region_that_got_something_is_enough_to_contribute() =>
        Assert.False(ContributionRule.CollectsWithoutContributing(Facts(Round, 0), Round, [Cell("FRA", 0, CellState.Measured), Cell("MDW", 0.5, CellState.Measured)]));

    [Fact]
    public void Of_whom_nothing_is_measured_nobody_knows() => Assert.Null(ContributionRule.CollectsWithoutContributing(Facts(Round, 0), Round, []));

    [Fact]
    public void A_chain_in_its_first_rounds_makes_nobody_a_contributor_by_arithmetic() =>
        Assert.True(ContributionRule.CollectsWithoutContributing(Facts(3, 0), 3, [Cell("FRA", 0, CellState.Measured)]));

    private static StakeFacts Facts(long lastReward, long lastFee) => new()
    {
        Stake = 1, RewardCutParts = 0, FeeShareParts = 0, ActivationRound = 1, DeactivationRound = null, LastRewardRound = lastReward, LastFeeRound = lastFee,
    };

    private static LeaderboardCell Cell(string region, double success, CellState state) =>
        new(RegionId.Parse(region), new PublishedCell { State = state, SuccessRate = success, RoundTripScore = 0.5, Score = success / 2 });
}
