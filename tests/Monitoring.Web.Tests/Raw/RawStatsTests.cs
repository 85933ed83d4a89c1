using System.Text.Json;

namespace Monitoring.Web.Tests;

public sealed class RawStatsTests
{
    private static readonly WebOptions Options = new() { Secret = Sample.Secret };
    private static readonly string Path = "/api/raw_stats?orchestrator=" + Sample.Orch(1);

    [Fact]
    public async Task A_posted_row_comes_back_in_the_old_shape_without_its_zeros()
    {
        await using var site = await Site.StartAsync(Options);
        var at = Sample.Now.AddHours(-1).ToUnixTimeSeconds();
        await site.PostAsync(Sample.Body(("success_rate", 0), ("round_trip_time", 0), ("segments_sent", 15), ("segments_received", 0), ("errors", null)));
        Assert.Equal(
            $$"""{"FRA":[{"region":"FRA","orchestrator":"{{Sample.Orch(1)}}","success_rate":0,"round_trip_time":0,"errors":null,"timestamp":{{at}},"seg_duration":2,"segments_sent":15}]}""",
            await site.GetAsync(Path));
    }

    [Fact]
    public async Task An_ai_row_carries_all_its_fields_in_the_old_order()
    {
        await using var site = await Site.StartAsync(Options);
        var at = Sample.Now.AddHours(-1).ToUnixTimeSeconds();
        var body = $$"""
            {"orchestrator":"{{Sample.Orch(1)}}","region":"FRA","success_rate":0.5,"round_trip_time":1.25,"timestamp":{{at}},"model":"org/m","pipeline":"Text to image",
            "model_is_warm":true,"input_parameters":"{\"prompt\":\"<cat>\"}","response_payload":"{}","upload_time":0.1,"download_time":0.2,"transcode_time":0.3,
            "segments_sent":4,"segments_received":3,"errors":[{"error_code":"500","message":"no \u0026 more","count":2},{"error_code":"x"}]}
            """;
        Assert.Equal("ok", (await site.PostAsync(body)).Body);
        var expected = $$"""
            {"FRA":[{"region":"FRA","orchestrator":"{{Sample.Orch(1)}}","success_rate":0.5,"round_trip_time":1.25,
            "errors":[{"error_code":"500","message":"no & more","count":2},{"error_code":"x","count":0}],"timestamp":{{at}},"segments_sent":4,"segments_received":3,
            "upload_time":0.1,"download_time":0.2,"transcode_time":0.3,"model":"org/m","model_is_warm":true,"pipeline":"Text to image",
            "input_parameters":"{\"prompt\":\"<cat>\"}","response_payload":"{}"}]}
            """.Replace("\n", "", StringComparison.Ordinal);
        Assert.Equal(expected, await site.GetAsync(Path + "&model=org/m&pipeline=Text+to+image"));
        Assert.Equal(expected, await site.GetAsync(Path + "&job_type=ai"));
        Assert.Equal("{}", await site.GetAsync(Path));
        Assert.Equal("{}", await site.GetAsync(Path + "&model=org/m&pipeline=Upscale"));
    }

    [Fact]
    public async Task Our_own_counted_tests_are_rows_too()
    {
        await using var site = await Site.StartAsync(Options);
        var at = Sample.Now.AddHours(-2).AddMilliseconds(700);
        var own = Sample.Own(1, Sample.Mdw, at, 58, 60, 28_000_000, 9_000_000, averages: new LegacyAverages(58 / 60.0, 2, 0.6));
        site.Store.Add(
            own with { Summary = own.Summary! with { UploadTime = 0.25, Errors = [new ErrorCount("Dropped", null, 2)] } },
            Sample.Own(1, Sample.Mdw, at.AddHours(-1), 0, 60, code: OutcomeCode.Unreachable),
            Sample.Own(1, Sample.Mdw, at.AddHours(-2), 0, 60, code: OutcomeCode.Capped),
            Sample.Own(1, Sample.Mdw, at.AddHours(-3), 0, 60, code: OutcomeCode.OurNetwork),
            Sample.Own(1, Sample.Mdw, at.AddHours(-4), 0, 60, code: OutcomeCode.Missed, revision: 0));
        using var json = JsonDocument.Parse(await site.GetAsync(Path));
        var rows = json.RootElement.GetProperty("MDW").EnumerateArray().ToArray();
        Assert.Equal(2, rows.Length);
        var rate = (58 / 60.0).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(
            $$"""{"region":"MDW","orchestrator":"{{Sample.Orch(1)}}","success_rate":{{rate}},"round_trip_time":0.6,"errors":[{"error_code":"Dropped","count":2}],"timestamp":{{at.ToUnixTimeSeconds()}},"seg_duration":2,"segments_sent":15,"segments_received":58,"upload_time":0.25}""",
            rows[0].GetRawText());
        Assert.Equal("[]", rows[1].GetProperty("errors").GetRawText());
        Assert.False(rows[1].TryGetProperty("segments_received", out _));
    }

    [Fact]
    public async Task Rows_are_newest_first_in_each_region()
    {
        await using var site = await Site.StartAsync(Options);
        foreach (var hours in new[] { 3, 1, 5, 2, 4 })
        {
            site.Store.Add(Sample.Own(1, Sample.Fra, Sample.Now.AddHours(-hours), 60, 60), Sample.Own(1, Sample.Mdw, Sample.Now.AddHours(-hours), 60, 60));
        }

        using var json = JsonDocument.Parse(await site.GetAsync(Path));
        Assert.Equal(["FRA", "MDW"], json.RootElement.EnumerateObject().Select(p => p.Name));
        foreach (var region in json.RootElement.EnumerateObject())
        {
            var times = region.Value.EnumerateArray().Select(r => r.GetProperty("timestamp").GetInt64()).ToArray();
            Assert.Equal(times.OrderDescending(), times);
            Assert.Equal(5, times.Length);
        }

        using var fra = JsonDocument.Parse(await site.GetAsync(Path + "&region=fra"));
        Assert.Equal("FRA", Assert.Single(fra.RootElement.EnumerateObject()).Name);
    }

    [Fact]
    public void Of_too_many_rows_the_newest_are_kept_in_whatever_order_they_come()
    {
        var random = new Random(3);
        var rows = Enumerable.Range(0, 500).Select(i => Sample.Own(1, Sample.Fra, Sample.Now.AddSeconds(-i), 60, 60)).ToArray();
        var newest = new NewestRows(100, int.MaxValue);
        foreach (var row in rows.OrderBy(_ => random.Next()))
        {
            newest.Add(row);
        }

        Assert.Equal(rows.Take(100).Select(r => r.Test), newest.NewestFirst().Select(r => r.Test));
    }

    [Fact]
    public void Of_rows_with_too_much_text_the_newest_are_kept()
    {
        var newest = new NewestRows(100, 10_000);
        for (var i = 0; i < 20; i++)
        {
            var row = Sample.Own(1, Sample.Fra, Sample.Now.AddSeconds(i), 60, 60);
            newest.Add(row with { Summary = row.Summary! with { Posted = new PostedDetail { ResponsePayload = new string('x', 3_000) } } });
        }

        Assert.Equal([19, 18, 17], newest.NewestFirst().Select(r => (int)(r.TestTime - Sample.Now).TotalSeconds));
    }

    [Fact]
    public async Task An_unknown_orchestrator_has_no_rows()
    {
        await using var site = await Site.StartAsync(Options);
        Assert.Equal("{}", await site.GetAsync("/api/raw_stats?orchestrator=nobody"));
        Assert.Equal("{}", await site.GetAsync("/api/raw_stats?orchestrator=" + Sample.Orch(9)));
    }
}
