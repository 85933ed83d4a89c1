namespace Monitoring.Web.Tests;

public sealed class AiTests
{
    private static readonly WebOptions Options = new() { Secret = Sample.Secret };

    private static async Task PostAsync(Site site, int n, double success, double roundTrip, string region = "FRA", string model = "m", string pipeline = "p", double hours = 1)
    {
        var answered = await site.PostAsync(Sample.Body(
            ("orchestrator", Sample.Orch(n).Text), ("region", region), ("success_rate", success), ("round_trip_time", roundTrip), ("seg_duration", null),
            ("model", model), ("pipeline", pipeline), ("timestamp", Sample.Now.AddHours(-hours).ToUnixTimeSeconds())));
        Assert.Equal("ok", answered.Body);
    }

    private static async Task<Dictionary<string, double>> CellAsync(Site site, int n, string query = "?model=m&pipeline=p", string region = "FRA") =>
        GatewayDecoder.Decode(await site.GetAsync("/api/aggregated_stats" + query))[Sample.Orch(n).Text][region];

    [Fact]
    public async Task The_median_scores_eight_tenths()
    {
        await using var site = await Site.StartAsync(Options);
        await PostAsync(site, 1, 1, 3);
        var cell = await CellAsync(site, 1);
        Assert.Equal(0.8, cell["round_trip_score"], 1e-15);
        Assert.Equal(0.9299999999999999, cell["score"], 1e-15);
    }

    [Fact]
    public async Task The_median_is_interpolated_over_single_perfect_rows_of_the_whole_network()
    {
        await using var site = await Site.StartAsync(Options);
        await PostAsync(site, 1, 1, 1);
        await PostAsync(site, 1, 1, 2, hours: 2);
        await PostAsync(site, 2, 1, 4);
        await PostAsync(site, 2, 1, 8, hours: 2);
        await PostAsync(site, 3, 0.5, 100);
        await PostAsync(site, 3, 1, 0, hours: 2);
        var median = 3.0;
        var first = await CellAsync(site, 1);
        Assert.Equal(Math.Pow(0.8, 1.5 / median), first["round_trip_score"], 1e-12);
        var third = await CellAsync(site, 3);
        Assert.Equal(0.75, third["success_rate"]);
        Assert.Equal((0.65 * 0.75) + (0.35 * Math.Pow(0.8, 50 / median)), third["score"], 1e-12);

        // Picking one out does not change the median.
        Assert.Equal(first, await CellAsync(site, 1, "?model=m&pipeline=p&orchestrator=" + Sample.Orch(1)));
    }

    [Fact]
    public async Task Without_a_perfect_row_the_latency_score_is_0_and_the_answer_still_json()
    {
        await using var site = await Site.StartAsync(Options);
        await PostAsync(site, 1, 0.5, 0);
        await PostAsync(site, 2, 0, 4);
        Assert.Equal(0.325, (await CellAsync(site, 1))["score"]);
        Assert.Equal(0, (await CellAsync(site, 2))["score"]);
    }

    [Fact]
    public async Task The_median_follows_the_region_filter_as_before()
    {
        await using var site = await Site.StartAsync(Options);
        await PostAsync(site, 1, 1, 2);
        await PostAsync(site, 2, 1, 6, region: "MDW");
        Assert.Equal(0.8, (await CellAsync(site, 1, "?model=m&pipeline=p&region=fra"))["round_trip_score"], 1e-12);
        Assert.Equal(Math.Sqrt(0.8), (await CellAsync(site, 1))["round_trip_score"], 1e-12);
    }

    [Theory]
    [InlineData("?model=M&pipeline=p")]
    [InlineData("?model=m&pipeline=other")]
    [InlineData("?model=m&pipeline=p&job_type=transcoding")]
    [InlineData("?model=m&pipeline=p&region=MDW")]
    [InlineData("")]
    public async Task What_does_not_match_is_not_there(string query)
    {
        await using var site = await Site.StartAsync(Options);
        await PostAsync(site, 1, 1, 3);
        Assert.Equal("{}", await site.GetAsync("/api/aggregated_stats" + query));
    }

    [Fact]
    public async Task Without_a_model_one_group_stands_for_the_cell_and_always_the_same()
    {
        await using var site = await Site.StartAsync(Options);
        await PostAsync(site, 1, 0.5, 3, model: "b");
        await PostAsync(site, 1, 1, 3, model: "a");
        Assert.Equal(0.5, (await CellAsync(site, 1, "?job_type=ai"))["success_rate"]);
    }

    [Fact]
    public async Task Pipelines_list_models_and_regions_once_and_in_order()
    {
        await using var site = await Site.StartAsync(Options);
        Assert.Equal("""{"pipelines":[]}""", await site.GetAsync("/api/pipelines"));
        await PostAsync(site, 1, 1, 3, model: "z", pipeline: "Upscale");
        await PostAsync(site, 2, 0, 3, model: "a", pipeline: "Upscale", region: "MDW");
        await PostAsync(site, 2, 0, 3, model: "a", pipeline: "Upscale", region: "FRA");
        await PostAsync(site, 1, 1, 3, model: "<&>", pipeline: "Llm");
        await site.PostAsync(Sample.Body(("region", "FRA")));
        Assert.Equal(
            """{"pipelines":[{"id":"Llm","models":["<&>"],"regions":["FRA"]},{"id":"Upscale","models":["a","z"],"regions":["FRA","MDW"]}]}""",
            await site.GetAsync("/api/pipelines"));
        Assert.Equal("""{"pipelines":[{"id":"Upscale","models":["a"],"regions":["MDW"]}]}""", await site.GetAsync("/api/pipelines?region=mdw"));
        Assert.Equal("""{"pipelines":[]}""", await site.GetAsync("/api/pipelines?region=nowhere"));
        Assert.Equal(await site.GetAsync("/api/pipelines"), await site.GetAsync("/api/pipelines?orchestrator=nobody&model=x&pipeline=y"));
        Assert.Equal("""{"pipelines":[]}""", await site.GetAsync("/api/pipelines?until=" + Sample.Now.AddHours(-2).ToUnixTimeSeconds()));
    }

    [Fact]
    public async Task The_top_score_is_of_the_most_successful_then_fastest_group()
    {
        await using var site = await Site.StartAsync(Options);
        Assert.Equal("{}", await site.GetAsync("/api/top_ai_score?orchestrator=" + Sample.Orch(1)));
        await PostAsync(site, 1, 0.5, 0.1, model: "fast");
        await PostAsync(site, 1, 1, 9, region: "MDW");
        await PostAsync(site, 1, 1, 4);
        await PostAsync(site, 2, 1, 2);
        var body = await site.GetAsync("/api/top_ai_score?orchestrator=" + Sample.Orch(1).Text.ToUpperInvariant());
        var value = (0.65 + (0.35 * Math.Pow(0.8, 4 / 4.0))).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        Assert.StartsWith($$"""{"region":"FRA","orchestrator":"{{Sample.Orch(1)}}","value":""", body, StringComparison.Ordinal);
        Assert.EndsWith(""","model":"m","pipeline":"p"}""", body, StringComparison.Ordinal);
        using var json = System.Text.Json.JsonDocument.Parse(body);
        Assert.Equal(double.Parse(value, System.Globalization.CultureInfo.InvariantCulture), json.RootElement.GetProperty("value").GetDouble(), 1e-12);
    }

    [Fact]
    public async Task Without_an_orchestrator_it_is_the_networks_best()
    {
        await using var site = await Site.StartAsync(Options);
        Assert.Equal("{}", await site.GetAsync("/api/top_ai_score"));
        await PostAsync(site, 1, 1, 4);
        await PostAsync(site, 2, 1, 2);
        Assert.Contains(Sample.Orch(2).Text, await site.GetAsync("/api/top_ai_score"), StringComparison.Ordinal);
        Assert.Equal("{}", await site.GetAsync("/api/top_ai_score?orchestrator=nobody"));
    }
}
