namespace Monitoring.Core.Tests;

public sealed class LegacyScoresTests
{
    [Fact]
    public void The_old_method_rewards_a_dead_test_with_latency()
    {
        var good = new LegacyAverages(1, 2, 2);
        var dead = new LegacyAverages(0, 2, 0);
        Assert.Equal(0.632, LegacyScores.Transcoding([good, good, good]).RoundTripScore, 3);
        var scores = LegacyScores.Transcoding([good, good, good, dead]);
        Assert.Equal(0.75, scores.SuccessRate);
        Assert.Equal(0.736, scores.RoundTripScore, 3);
        Assert.Equal(0.552, scores.Total, 3);
    }

    [Fact]
    public void The_old_servers_worked_value_comes_out_to_the_last_digit() =>
        Assert.Equal(0.9882563715429786, LegacyScores.Transcoding([new LegacyAverages(1, 2, 0.45)]).RoundTripScore);

    [Fact]
    public void One_success_at_four_seconds_and_a_failure_average_two_seconds() =>
        Assert.Equal(LegacyScores.Transcoding([new LegacyAverages(0.5, 2, 2)]), LegacyScores.Transcoding([new LegacyAverages(1, 4, 4), new LegacyAverages(0, 0, 0)]));

    [Fact]
    public void No_rows_and_no_round_trips_score_zero()
    {
        Assert.Equal(Scores.Zero, LegacyScores.Transcoding([]));
        Assert.Equal(Scores.Zero, LegacyScores.Transcoding([new LegacyAverages(0, 2, 0)]));
    }

    [Fact]
    public void An_ai_job_at_the_median_scores_what_the_old_server_says()
    {
        var scores = LegacyScores.Ai(1, 3.3, 3.3);
        Assert.Equal(0.8, scores.RoundTripScore, 15);
        Assert.Equal(0.9299999999999999, scores.Total);
    }

    [Theory]
    [InlineData(0, 5, 1)]
    [InlineData(5, 5, 0.8)]
    [InlineData(10, 5, 0.64)]
    [InlineData(2.5, 5, 0.8944271909999159)]
    [InlineData(1e9, 5, 0)]
    public void The_ai_latency_score_falls_by_a_fifth_with_each_median(double roundTrip, double median, double score) =>
        Assert.Equal(score, LegacyScores.Ai(1, roundTrip, median).RoundTripScore, 14);

    [Fact]
    public void An_ai_orchestrator_without_a_success_scores_zero_however_fast() => Assert.Equal(0, LegacyScores.Ai(0, 0.1, 5).Total);

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(0.5, 3, 0)]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0, 1e-320)]
    [InlineData(1, 1e300, 1e-320)]
    [InlineData(1, 1e-320, 1e300)]
    [InlineData(1, -1, 5)]
    [InlineData(1, 1, -5)]
    public void An_ai_score_is_never_nan(double success, double roundTrip, double median)
    {
        var scores = LegacyScores.Ai(success, roundTrip, median);
        Assert.InRange(scores.RoundTripScore, 0, 1);
        Assert.InRange(scores.Total, 0, 1);
    }

    [Fact]
    public void Without_a_median_the_ai_total_is_what_success_alone_gives() => Assert.Equal(0.65 * 0.5, LegacyScores.Ai(0.5, 3, 0).Total);

    [Theory]
    [InlineData(0.0)]
    [InlineData(7.0, 7.0)]
    [InlineData(2.0, 1.0, 2.0, 3.0)]
    [InlineData(2.5, 4.0, 1.0, 2.0, 3.0)]
    [InlineData(3.0, 3.0, 3.0, 3.0, 3.0)]
    public void The_median_is_interpolated(double expected, params double[] times) =>
        Assert.Equal(expected, LegacyScores.MedianRoundTrip(times.Select(t => new LegacyAverages(1, 0, t))));

    [Fact]
    public void The_median_knows_perfect_rows_with_a_round_trip_only() => Assert.Equal(4, LegacyScores.MedianRoundTrip(
    [
        new LegacyAverages(1, 0, 4), new LegacyAverages(1, 0, 0), new LegacyAverages(0.999, 0, 9), new LegacyAverages(0, 0, 9),
    ]));
}
