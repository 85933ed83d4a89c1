namespace Monitoring.Core.Tests;

public sealed class ScoreFormulaTests
{
    private const double FasterThanRealTime = 0.6321205588285577;

    [Theory]
    [InlineData(60, 100, 0.6)]
    [InlineData(0, 60, 0)]
    [InlineData(60, 60, 1)]
    [InlineData(1, 60, 1 / 60.0)]
    [InlineData(0, 0, 0)]
    public void The_success_rate_is_received_over_expected(long received, long expected, double rate) =>
        Assert.Equal(rate, ScoreFormula.Of(new ScoreSums(received, expected, 1, 1)).SuccessRate);

    [Theory]
    [InlineData(2_000_000, 2_000_000, FasterThanRealTime)]
    [InlineData(2_000_000, 450_000, 0.9882563715429786)]
    [InlineData(30_000_000, 6_750_000, 0.9882563715429786)]
    [InlineData(2_000_000, 8_000_000, 0.22119921692859512)]
    [InlineData(0, 0, 0)]
    [InlineData(0, 1, 0)]
    [InlineData(1, 0, 0)]
    public void The_latency_score_is_one_less_e_to_the_minus_duration_over_round_trip(long duration, long roundTrip, double score) =>
        Assert.Equal(score, ScoreFormula.Of(new ScoreSums(1, 1, duration, roundTrip)).RoundTripScore, 15);

    [Fact]
    public void Real_time_with_half_the_segments_gives_a_total_of_about_a_third()
    {
        var scores = ScoreFormula.Of(new ScoreSums(30, 60, 15_000_000, 15_000_000));
        Assert.Equal(0.5, scores.SuccessRate);
        Assert.Equal(FasterThanRealTime, scores.RoundTripScore, 15);
        Assert.Equal(0.316, scores.Total, 3);
    }

    [Theory]
    [InlineData(long.MaxValue, long.MaxValue, long.MaxValue, 1)]
    [InlineData(long.MaxValue, 1, 1, long.MaxValue)]
    [InlineData(-5, 10, -5, -5)]
    [InlineData(5, -10, 5, -5)]
    [InlineData(long.MinValue, long.MinValue, long.MinValue, long.MinValue)]
    public void No_sums_give_a_score_outside_zero_to_one(long received, long expected, long duration, long roundTrip)
    {
        var scores = ScoreFormula.Of(new ScoreSums(received, expected, duration, roundTrip));
        Assert.InRange(scores.SuccessRate, 0, 1);
        Assert.InRange(scores.RoundTripScore, 0, 1);
        Assert.InRange(scores.Total, 0, 1);
    }

    [Fact]
    public void Sums_add_up_exactly_and_overflow_is_an_error_and_not_a_score()
    {
        Assert.Equal(new ScoreSums(11, 22, 33, 44), new ScoreSums(1, 2, 3, 4) + new ScoreSums(10, 20, 30, 40));
        Assert.Equal(new ScoreSums(11, 22, 33, 44), ScoreSums.Add(new ScoreSums(1, 2, 3, 4), new ScoreSums(10, 20, 30, 40)));
        Assert.Throws<OverflowException>(() => new ScoreSums(1, long.MaxValue, 0, 0) + new ScoreSums(1, 1, 0, 0));
    }

    [Theory]
    [InlineData(0, 0, 0, 0, true)]
    [InlineData(60, 60, 30_000_000, 1, true)]
    [InlineData(61, 60, 0, 0, false)]
    [InlineData(-1, 60, 0, 0, false)]
    [InlineData(0, 60, -1, 0, false)]
    [InlineData(0, 60, 0, -1, false)]
    [InlineData(0, long.MaxValue, 0, 0, false)]
    [InlineData(0, 60, long.MaxValue, 0, false)]
    [InlineData(0, 60, 0, long.MaxValue, false)]
    public void Sums_that_no_test_can_have_are_told(long received, long expected, long duration, long roundTrip, bool possible) =>
        Assert.Equal(possible, new ScoreSums(received, expected, duration, roundTrip).IsPossible);

    [Fact]
    public void Possible_sums_of_the_fullest_window_cannot_overflow()
    {
        var largest = new ScoreSums(ScoreSums.Largest, ScoreSums.Largest, ScoreSums.Largest, ScoreSums.Largest);
        Assert.True(largest.IsPossible);
        ScoreSums sum = default;
        for (var i = 0; i < 20_000; i++) sum += largest;
        Assert.Equal(20_000 * ScoreSums.Largest, sum.Expected);
    }
}
