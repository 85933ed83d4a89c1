namespace Monitoring.Web.Tests;

public sealed class RouteTests
{
    public static readonly TheoryData<string> Reads = new(
        "/api/aggregated_stats", "/api/raw_stats?orchestrator=0x0000000000000000000000000000000000000001", "/api/top_ai_score", "/api/pipelines",
        "/api/regions", "/api/health");

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task Every_read_answers_with_the_old_headers(string path)
    {
        await using var site = await Site.StartAsync();
        var response = await site.SendAsync(path);
        Assert.Equal(200, response.Status);
        Assert.Equal("*", response.Header("Access-Control-Allow-Origin"));
        Assert.Equal("application/json", response.Header("Content-Type"));
        Assert.Equal("public, max-age=30, stale-while-revalidate=15", response.Header("Cache-Control"));
        Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(response.Body).ToString(System.Globalization.CultureInfo.InvariantCulture), response.Header("Content-Length"));
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task Every_method_but_options_runs_a_read(string path)
    {
        await using var site = await Site.StartAsync();
        var expected = await site.GetAsync(path);
        foreach (var method in new[] { "POST", "PUT", "DELETE", "PATCH" })
        {
            Assert.Equal(expected, (await site.SendAsync(path, method)).Body);
        }

        var head = await site.SendAsync(path, "HEAD");
        Assert.Equal(200, head.Status);
        Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(expected).ToString(System.Globalization.CultureInfo.InvariantCulture), head.Header("Content-Length"));
        Assert.Empty(head.Body);
    }

    [Theory]
    [InlineData("/api/aggregated_stats")]
    [InlineData("/api/regions")]
    [InlineData("/api/post_stats")]
    public async Task Options_answers_a_preflight_without_data(string path)
    {
        await using var site = await Site.StartAsync();
        var response = await site.SendAsync(path, "OPTIONS", null, ("Origin", "https://explorer.example"), ("Access-Control-Request-Method", "POST"));
        Assert.Equal(204, response.Status);
        Assert.Equal("*", response.Header("Access-Control-Allow-Origin"));
        Assert.Contains("POST", response.Header("Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Contains("Authorization", response.Header("Access-Control-Allow-Headers"), StringComparison.Ordinal);
        Assert.Empty(response.Body);
    }

    [Theory]
    [InlineData("/api")]
    [InlineData("/api/nothing")]
    [InlineData("/api/regions/")]
    [InlineData("/API/regions")]
    [InlineData("/api/post_stats/")]
    [InlineData("/favicon.ico")]
    public async Task An_unknown_path_is_the_old_404(string path)
    {
        await using var site = await Site.StartAsync();
        var response = await site.SendAsync(path);
        Assert.Equal(404, response.Status);
        Assert.Equal("404 page not found\n", response.Body);
        Assert.Equal("text/plain; charset=utf-8", response.Header("Content-Type"));
    }

    [Theory]
    [InlineData("/api/aggregated_stats?since=abc", "strconv.ParseFloat: parsing \"abc\": invalid syntax")]
    [InlineData("/api/raw_stats?orchestrator=x&until=abc", "strconv.ParseFloat: parsing \"abc\": invalid syntax")]
    [InlineData("/api/pipelines?since=1e999", "strconv.ParseFloat: parsing \"1e999\": value out of range")]
    [InlineData("/api/aggregated_stats?model=m", "pipeline required")]
    [InlineData("/api/raw_stats?pipeline=p", "model required")]
    [InlineData("/api/pipelines?pipeline=p", "model required")]
    [InlineData("/api/raw_stats", "orchestrator is a required parameter")]
    [InlineData("/api/raw_stats?orchestrator=", "orchestrator is a required parameter")]
    public async Task A_bad_request_is_told_in_valid_json_and_never_cached(string path, string text)
    {
        await using var site = await Site.StartAsync();
        var response = await site.SendAsync(path);
        Assert.Equal(400, response.Status);
        Assert.Equal(text, Sample.ErrorOf(response.Body));
        Assert.Equal("no-store", response.Header("Cache-Control"));
        Assert.Equal("*", response.Header("Access-Control-Allow-Origin"));
        Assert.Equal("application/json", response.Header("Content-Type"));
    }

    [Theory]
    [InlineData("/api/aggregated_stats?since=1779000000")]
    [InlineData("/api/aggregated_stats?model=m&pipeline=p")]
    [InlineData("/api/raw_stats?orchestrator=0x0000000000000000000000000000000000000001")]
    [InlineData("/api/top_ai_score")]
    [InlineData("/api/pipelines")]
    public async Task A_store_that_fails_is_a_503_without_its_words(string path)
    {
        await using var site = await Site.StartAsync(new WebOptions { MaximumRange = TimeSpan.FromDays(366) });
        site.Store.Failure = new InvalidOperationException("password authentication failed for user postgres at 10.0.0.7");
        var response = await site.SendAsync(path);
        Assert.Equal(503, response.Status);
        var text = Sample.ErrorOf(response.Body);
        Assert.DoesNotContain("postgres", text, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.7", text, StringComparison.Ordinal);
        Assert.Equal("no-store", response.Header("Cache-Control"));
    }

    [Fact]
    public async Task A_failing_store_does_not_touch_the_published_board()
    {
        await using var site = await Site.StartAsync();
        site.Store.Failure = new InvalidOperationException("down");
        site.Board.Current = Sample.Snapshot(Sample.Row(1, (Sample.Fra, Sample.Cell(1, 0.9))));
        Assert.Single(GatewayDecoder.Decode(await site.GetAsync("/api/aggregated_stats")));
        Assert.Single(GatewayDecoder.Decode(await site.GetAsync("/api/aggregated_stats?region=fra")));
        Assert.Equal(0, site.Store.Reads);
    }

    [Fact]
    public async Task The_default_regions_are_the_old_26_in_the_old_order()
    {
        await using var site = await Site.StartAsync();
        var body = await site.GetAsync("/api/regions");
        using var json = System.Text.Json.JsonDocument.Parse(body);
        var regions = json.RootElement.GetProperty("regions").EnumerateArray().ToArray();
        Assert.Equal(26, regions.Length);
        Assert.Equal("""{"id":"TOR","name":"Toronto","type":"transcoding"}""", regions[0].GetRawText());
        Assert.Equal("""{"id":"HND","name":"Tokyo","type":"transcoding"}""", regions[1].GetRawText());
        Assert.Equal("""{"id":"GLOBAL","name":"Global","type":"transcoding"}""", regions[21].GetRawText());
        Assert.Equal("""{"id":"LAX","name":"Los Angeles","type":"ai"}""", regions[22].GetRawText());
        Assert.Equal("""{"id":"GLOBAL","name":"Global","type":"ai"}""", regions[25].GetRawText());
        Assert.Contains("São Paulo", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_regions_are_null_as_before()
    {
        await using var site = await Site.StartAsync(new WebOptions { Regions = [] });
        Assert.Equal("""{"regions":null}""", await site.GetAsync("/api/regions"));
    }
}
