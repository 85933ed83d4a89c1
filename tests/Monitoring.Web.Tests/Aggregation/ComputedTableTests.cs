namespace Monitoring.Web.Tests;

public sealed class ComputedTableTests
{
    private static readonly DateTimeOffset At = Sample.Now.AddHours(-10);

    private static string Since(TimeSpan before) => "/api/aggregated_stats?since=" + (Sample.Now - before).ToUnixTimeSeconds();

    private static Dictionary<string, double> Cell(string body, int n = 1, string region = "FRA") => GatewayDecoder.Decode(body)[Sample.Orch(n).Text][region];

    [Fact]
    public async Task The_sums_of_the_counted_tests_make_the_scores()
    {
        await using var site = await Site.StartAsync();
        site.Store.Add(
            Sample.Own(1, Sample.Fra, At, 60, 60, d: 30_000_000, t: 10_000_000),
            Sample.Own(1, Sample.Fra, At.AddMinutes(1), 0, 60),
            Sample.Own(1, Sample.Fra, At.AddMinutes(2), 0, 60, code: OutcomeCode.OurNetwork),
            Sample.Own(1, Sample.Fra, At.AddMinutes(3), 0, 60, code: OutcomeCode.PricedOut),
            Sample.Own(1, Sample.Fra, At.AddMinutes(4), 0, 0, code: OutcomeCode.RegionStale, revision: 0));
        var cell = Cell(await site.GetAsync(Since(TimeSpan.FromHours(12))));
        Assert.Equal(0.5, cell["success_rate"]);
        Assert.Equal(1 - Math.Exp(-3), cell["round_trip_score"]);
        Assert.Equal(0.5 * (1 - Math.Exp(-3)), cell["score"]);
    }

    [Fact]
    public async Task Both_ends_of_the_window_belong_to_it()
    {
        await using var site = await Site.StartAsync();
        site.Store.Add(Sample.Own(1, Sample.Fra, At, 60, 60, 2, 1), Sample.Own(1, Sample.Fra, At.AddSeconds(10), 0, 60));
        var (a, b) = (At.ToUnixTimeSeconds(), At.AddSeconds(10).ToUnixTimeSeconds());
        Assert.Equal(0.5, Cell(await site.GetAsync($"/api/aggregated_stats?since={a}&until={b}"))["success_rate"]);
        Assert.Equal(1, Cell(await site.GetAsync($"/api/aggregated_stats?since={a}&until={b - 1}"))["success_rate"]);
        Assert.Equal(0, Cell(await site.GetAsync($"/api/aggregated_stats?since={a}.5&until={b}"))["success_rate"]);
        Assert.Equal("{}", await site.GetAsync($"/api/aggregated_stats?since={a + 1}&until={b - 1}"));
    }

    [Fact]
    public async Task Only_the_last_revision_of_a_test_counts()
    {
        await using var site = await Site.StartAsync();
        site.Store.Add(
            Sample.Own(1, Sample.Fra, At, 0, 60), Sample.Own(1, Sample.Fra, At, 0, 60, code: OutcomeCode.RegionAnomaly, revision: 2),
            Sample.Own(2, Sample.Fra, At, 60, 60, 2, 1));
        Assert.Equal([Sample.Orch(2).Text], GatewayDecoder.Decode(await site.GetAsync(Since(TimeSpan.FromHours(12)))).Keys);
    }

    [Fact]
    public async Task Filters_select_the_same_cells()
    {
        await using var site = await Site.StartAsync();
        site.Store.Add(
            Sample.Own(1, Sample.Fra, At, 60, 60, 2, 1), Sample.Own(1, Sample.Mdw, At, 30, 60, 2, 1), Sample.Own(2, Sample.Fra, At, 20, 60, 1, 1));
        var all = GatewayDecoder.Decode(await site.GetAsync(Since(TimeSpan.FromHours(12))));
        var some = GatewayDecoder.Decode(await site.GetAsync(Since(TimeSpan.FromHours(12)) + $"&region=fra&orchestrator={Sample.Orch(1)}"));
        Assert.Equal(2, all.Count);
        Assert.Equal(2, all[Sample.Orch(1).Text].Count);
        Assert.Equal(all[Sample.Orch(1).Text]["FRA"], Assert.Single(some[Sample.Orch(1).Text]).Value);
    }

    [Fact]
    public async Task Capped_tests_are_judged_as_in_the_published_window()
    {
        await using var site = await Site.StartAsync();
        site.Store.Add([.. Enumerable.Range(0, 4).Select(i => Sample.Own(1, Sample.Fra, At.AddHours(i), 0, 60, code: OutcomeCode.Capped))]);
        site.Store.Add(Sample.Own(1, Sample.Fra, At.AddHours(4), 60, 60, 2, 1));

        // Two of the last eight are excused; the third and fourth count as faults, also where the window begins after the first two.
        Assert.Equal(1 / 3.0, Cell(await site.GetAsync(Since(TimeSpan.FromHours(12))))["success_rate"]);
        Assert.Equal(1 / 3.0, Cell(await site.GetAsync("/api/aggregated_stats?since=" + At.AddHours(2).ToUnixTimeSeconds()))["success_rate"]);
    }

    [Fact]
    public async Task The_old_method_averages_the_rows()
    {
        await using var site = await Site.StartAsync(new WebOptions { Scoring = ScoringMethod.LeaderboardServerless });
        site.Store.Add(
            Sample.Own(1, Sample.Fra, At, 60, 60, averages: new LegacyAverages(1, 2, 4)),
            Sample.Own(1, Sample.Fra, At.AddMinutes(1), 0, 60, averages: new LegacyAverages(0, 2, 0)));
        var cell = Cell(await site.GetAsync(Since(TimeSpan.FromHours(12))));
        Assert.Equal(0.5, cell["success_rate"]);
        Assert.Equal(1 - Math.Exp(-1), cell["round_trip_score"]);
    }

    [Fact]
    public async Task Posted_results_are_weighed_one_each_and_ai_stays_out()
    {
        await using var site = await Site.StartAsync(new WebOptions { Secret = Sample.Secret });
        Assert.Equal(200, (await site.PostAsync(Sample.Body(("success_rate", 1)))).Status);
        Assert.Equal(200, (await site.PostAsync(Sample.Body(("success_rate", 0.25), ("seg_duration", 4), ("round_trip_time", 1)))).Status);
        Assert.Equal(200, (await site.PostAsync(Sample.Body(("success_rate", 0), ("round_trip_time", 0)))).Status);
        Assert.Equal(200, (await site.PostAsync(Sample.Body([.. Sample.Ai(), ("success_rate", 0)]))).Status);
        var cell = Cell(await site.GetAsync(Since(TimeSpan.FromHours(12))));
        Assert.Equal(1.25 / 3, cell["success_rate"], 1e-9);
        Assert.Equal(1 - Math.Exp(-6 / 1.5), cell["round_trip_score"], 1e-12);
    }

    [Fact]
    public async Task A_region_that_changed_hands_never_mixes_ours_and_posted()
    {
        await using var site = await Site.StartAsync(new WebOptions { Secret = Sample.Secret });
        await site.PostAsync(Sample.Body(("success_rate", 0), ("timestamp", Sample.Now.AddHours(-2).ToUnixTimeSeconds())));
        site.Store.Add(Sample.Own(1, Sample.Fra, Sample.Now.AddHours(-1), 60, 60, 2, 1));
        Assert.Equal(1, Cell(await site.GetAsync(Since(TimeSpan.FromHours(12))))["success_rate"]);
    }

    [Fact]
    public async Task Random_results_never_make_an_answer_a_gateway_cannot_read()
    {
        var random = new Random(11);
        await using var site = await Site.StartAsync(new WebOptions { Secret = Sample.Secret });
        for (var i = 0; i < 400; i++)
        {
            var expected = random.Next(2) * random.Next(1, 61);
            site.Store.Add(Sample.Own(
                random.Next(1, 6), random.Next(2) == 0 ? Sample.Fra : Sample.Mdw, Sample.Now.AddMinutes(-random.Next(1, 3000)),
                expected == 0 ? 0 : random.Next(expected + 1), expected, random.Next(3) * random.NextInt64(1L << 40), random.Next(3) * random.NextInt64(1L << 40),
                (OutcomeCode)random.Next(Enum.GetValues<OutcomeCode>().Length), mark: "-" + i));
        }

        for (var i = 0; i < 40; i++)
        {
            var from = Sample.Now.AddMinutes(-random.Next(3000)).ToUnixTimeSeconds();
            GatewayDecoder.Decode(await site.GetAsync($"/api/aggregated_stats?since={from}&until={from + random.Next(100_000)}"));
        }
    }
}
