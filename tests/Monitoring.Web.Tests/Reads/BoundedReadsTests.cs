namespace Monitoring.Web.Tests;

public sealed class BoundedReadsTests
{
    [Theory]
    [InlineData("/api/aggregated_stats?since=1")]
    [InlineData("/api/aggregated_stats?since=-Inf&until=Inf")]
    [InlineData("/api/pipelines?since=1")]
    [InlineData("/api/raw_stats?since=1&orchestrator=0x0000000000000000000000000000000000000001")]
    public async Task A_span_that_is_too_long_is_refused_with_the_limit(string path)
    {
        await using var site = await Site.StartAsync();
        var answered = await site.SendAsync(path);
        Assert.Equal(400, answered.Status);
        Assert.Equal("the span from since to until is longer than 744 hours; ask for shorter spans, one after the other", Sample.ErrorOf(answered.Body));
        Assert.Equal(0, site.Store.Reads);
    }

    [Fact]
    public async Task Too_many_results_are_refused_and_never_answered_in_part()
    {
        await using var site = await Site.StartAsync(new WebOptions { MaximumResults = 1_000 });
        site.Store.Add([.. Enumerable.Range(0, 1_000).Select(i => Sample.Own(1, Sample.Fra, Sample.Now.AddSeconds(-10 - i), 60, 60, 2, 1))]);
        var path = "/api/aggregated_stats?since=" + Sample.Now.AddHours(-1).ToUnixTimeSeconds();
        Assert.Equal(200, (await site.SendAsync(path)).Status);
        site.Store.Add(Sample.Own(1, Sample.Mdw, Sample.Now.AddMinutes(-1), 60, 60, 2, 1));
        var answered = await site.SendAsync(path);
        Assert.Equal(400, answered.Status);
        Assert.Equal("more than 1000 results lie in that span; ask for a shorter one", Sample.ErrorOf(answered.Body));
    }

    [Fact]
    public async Task A_store_that_takes_too_long_is_a_503()
    {
        await using var site = await Site.StartAsync(new WebOptions { ReadTimeout = TimeSpan.FromMilliseconds(50) });
        site.Store.Gate = new TaskCompletionSource().Task;
        var answered = await site.SendAsync("/api/pipelines");
        Assert.Equal(503, answered.Status);
        Assert.Equal("5", answered.Header("Retry-After"));
        Assert.Contains("too long", Sample.ErrorOf(answered.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_so_many_reads_run_or_wait_at_once_and_the_rest_are_sent_away()
    {
        await using var site = await Site.StartAsync(new WebOptions { ReadTimeout = TimeSpan.FromMinutes(5) });
        var gate = new TaskCompletionSource();
        var running = new TaskCompletionSource();
        site.Store.Gate = gate.Task;
        site.Store.Awaited = (BoundedReads.AtOnce, running);
        var all = Enumerable.Range(0, BoundedReads.AtOnce + BoundedReads.Waiting + 20).Select(_ => site.SendAsync("/api/pipelines")).ToList();
        await running.Task;

        // Those that found no place are answered while all others still wait.
        for (var refused = 0; refused < 20; refused++)
        {
            var first = await Task.WhenAny(all);
            Assert.Equal(503, (await first).Status);
            all.Remove(first);
        }

        Assert.Equal(BoundedReads.AtOnce, site.Store.Reads);
        gate.SetResult();
        Assert.All(await Task.WhenAll(all), answered => Assert.Equal(200, answered.Status));
        Assert.Equal(BoundedReads.AtOnce + BoundedReads.Waiting, site.Store.Reads);
    }
}
