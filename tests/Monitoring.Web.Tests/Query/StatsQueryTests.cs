using Microsoft.AspNetCore.Http;

namespace Monitoring.Web.Tests;

public sealed class StatsQueryTests
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private static StatsQuery Parse(string text) =>
        StatsQuery.TryParse(new QueryString(text), Sample.Now, Day, out var problem) ?? throw new InvalidOperationException(problem);

    [Fact]
    public void Without_parameters_it_is_the_published_window_of_transcoding()
    {
        var query = Parse("");
        Assert.True(query.IsPublishedWindow);
        Assert.Equal(Sample.Now - Day, query.Since);
        Assert.Equal(Sample.Now, query.Until);
        Assert.Equal(JobType.Transcoding, query.JobType);
        Assert.False(query.MatchesNothing);
    }

    [Fact]
    public void Until_without_since_looks_back_one_window_from_now()
    {
        var query = Parse($"?until={Sample.Now.AddHours(-2).ToUnixTimeSeconds()}");
        Assert.Equal(Sample.Now - Day, query.Since);
        Assert.Equal(Sample.Now.AddHours(-2), query.Until);
        Assert.False(query.IsPublishedWindow);
    }

    [Fact]
    public void Fractions_of_a_second_are_kept()
    {
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250), Parse("?since=1700000000.25").Since);
    }

    [Theory]
    [InlineData("?since=NaN")]
    [InlineData("?until=nan")]
    [InlineData("?since=Inf")]
    [InlineData("?until=-Inf")]
    [InlineData("?since=1763640000000")]
    [InlineData("?since=1e308")]
    [InlineData("?region=F")]
    [InlineData("?region=FRA%20")]
    [InlineData("?orchestrator=0x12")]
    [InlineData("?orchestrator=%3Cscript%3E")]
    public void What_no_result_can_have_matches_nothing(string text) => Assert.True(Parse(text).MatchesNothing);

    [Fact]
    public void Instants_out_of_reach_are_brought_to_where_results_end()
    {
        var all = Parse("?since=-Inf&until=%2BInf");
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(-1), all.Since);
        Assert.InRange(all.Until, Sample.Now + PostedResult.Ahead, Sample.Now + PostedResult.Ahead + TimeSpan.FromSeconds(1));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(-1), Parse("?since=-1e300").Since);
    }

    [Fact]
    public void The_first_of_several_values_counts_and_names_are_exact()
    {
        var query = Parse("?region=fra&region=MDW&SINCE=5&Model=x");
        Assert.Equal(Sample.Fra, query.Region);
        Assert.True(query.IsPublishedWindow);
        Assert.Equal("", query.Model);
    }

    [Fact]
    public void The_orchestrator_may_be_written_in_any_case() =>
        Assert.Equal(Sample.Orch(0xab), Parse("?orchestrator=0x00000000000000000000000000000000000000AB").Orchestrator);

    [Theory]
    [InlineData("?model=m&pipeline=p", true)]
    [InlineData("?model=m&pipeline=p&job_type=transcoding", false)]
    [InlineData("?job_type=ai", true)]
    [InlineData("?job_type=AI", false)]
    [InlineData("?job_type=other&model=m&pipeline=p", true)]
    public void The_job_type_is_said_or_follows_from_the_model(string text, bool ai) => Assert.Equal(ai, Parse(text).JobType == JobType.Ai);

    [Fact]
    public void Names_are_decoded_and_otherwise_exact()
    {
        var query = Parse("?pipeline=Text+to%20image&model=org%2FModel-X");
        Assert.Equal("Text to image", query.Pipeline);
        Assert.Equal("org/Model-X", query.Model);
    }

    [Theory]
    [InlineData("?since=abc&model=m", "strconv.ParseFloat: parsing \"abc\": invalid syntax")]
    [InlineData("?model=m&pipeline=", "pipeline required")]
    [InlineData("?model=&pipeline=p", "model required")]
    public void Problems_come_in_the_old_order(string text, string expected)
    {
        Assert.Null(StatsQuery.TryParse(new QueryString(text), Sample.Now, Day, out var problem));
        Assert.Equal(expected, problem);
    }
}
