using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Monitoring.Web.Tests;

public sealed class PageTests
{
    private static readonly LeaderboardSnapshot Three = Sample.Snapshot(
        Sample.Row(1, (Sample.Fra, Sample.Cell(1, 0.9)), (Sample.Mdw, Sample.Cell(0.5, 0.8))),
        Sample.Row(2, (Sample.Fra, Sample.Cell(0, 0, CellState.Zero))),
        Sample.Row(3, (Sample.Mdw, Sample.Cell(0.9, 0.9, CellState.Held))) with { Active = false });

    private static async Task<string> GetAsync(LeaderboardSnapshot snapshot, string query = "", WebOptions? options = null)
    {
        await using var site = await Site.StartAsync(options);
        site.Board.Current = snapshot;
        return await site.GetAsync("/" + query);
    }

    private static string[] Order(string html) => [.. Regex.Matches(html, "<th scope=\"row\"><a[^>]*>(0x[0-9a-f]{40})<").Select(m => m.Groups[1].Value)];

    private static string[] Names(params int[] numbers) => [.. numbers.Select(n => Sample.Orch(n).Text)];

    // The page is written to be XML as well, once its doctype and void tags are set aside: so nothing is left open.
    private static XElement Parse(string html) => XElement.Parse(Regex.Replace(html.Replace("<!doctype html>", "", StringComparison.Ordinal), "<(meta)([^>]*)>", "<$1$2/>"));

    [Fact]
    public async Task It_needs_no_script_and_forbids_any()
    {
        await using var site = await Site.StartAsync();
        site.Board.Current = Three;
        var page = await site.SendAsync("/");
        Assert.Equal("text/html; charset=utf-8", page.Header("Content-Type"));
        var policy = page.Header("Content-Security-Policy")!;
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Header("X-Content-Type-Options"));
        Assert.DoesNotContain("<script", page.Body, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch("<[^>]* (style|on[a-z]+)=", page.Body);

        var style = Regex.Match(page.Body, "<style>(.*?)</style>", RegexOptions.Singleline).Groups[1].Value;
        Assert.Contains(Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(style))), policy, StringComparison.Ordinal);
        Assert.Empty((await site.SendAsync("/", "HEAD")).Body);
    }

    [Fact]
    public async Task The_total_is_the_plain_mean_over_the_regions_present()
    {
        var html = await GetAsync(Three);
        Assert.Equal(Names(3, 1, 2), Order(html));
        var first = Row(html, 1);
        Assert.Contains("<td>6.50</td><td>75.0 %</td><td>8.50</td><td>8</td><td>80.0 %</td><td>–</td><td>9.00</td><td>4.00</td>", first, StringComparison.Ordinal);
        Assert.Contains("<td>–</td><td>8.10 <i>held</i></td>", Row(html, 3), StringComparison.Ordinal);
        Assert.Contains("left the active set", Row(html, 3), StringComparison.Ordinal);
        Assert.Contains("<td>0.00 <i>zero</i></td><td>–</td>", Row(html, 2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_region_shows_its_intervals_its_state_and_its_last_test()
    {
        var html = await GetAsync(Three, "?region=fra");
        Assert.Equal(Names(1, 2), Order(html));
        var first = Row(html, 1);
        Assert.Contains("<i>80.0 % to 100.0 %</i>", first, StringComparison.Ordinal);
        Assert.Contains("<td>measured</td>", first, StringComparison.Ordinal);
        Assert.Contains("<time datetime=\"2026-11-20T11:00:00Z\">2026-11-20 11:00 UTC</time>", first, StringComparison.Ordinal);
        Assert.Contains("<td>zero</td>", Row(html, 2), StringComparison.Ordinal);
        Assert.Contains("Frankfurt (FRA)", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", new[] { 3, 1, 2 })]
    [InlineData("?sort=score&dir=asc", new[] { 2, 1, 3 })]
    [InlineData("?sort=orchestrator", new[] { 1, 2, 3 })]
    [InlineData("?sort=orchestrator&dir=desc", new[] { 3, 2, 1 })]
    [InlineData("?sort=tests", new[] { 1, 3, 2 })]
    [InlineData("?sort=FRA", new[] { 1, 2, 3 })]
    [InlineData("?sort=FRA&dir=asc", new[] { 2, 1, 3 })]
    [InlineData("?sort=nonsense&dir=up&page=x", new[] { 3, 1, 2 })]
    public async Task The_link_decides_the_order(string query, int[] expected)
    {
        var html = await GetAsync(Three, query);
        Assert.Equal(Names(expected), Order(html));
        Assert.Single(Regex.Matches(html, "aria-sort="));
    }

    [Fact]
    public async Task The_active_column_says_its_direction_and_links_to_the_other()
    {
        var html = await GetAsync(Three, "?sort=success&dir=asc&region=FRA");
        Assert.Contains("<th scope=\"col\" aria-sort=\"ascending\"><a href=\"?sort=success&amp;dir=desc&amp;region=FRA\">Success</a> ▲</th>", html, StringComparison.Ordinal);
        Assert.All(Regex.Matches(html, "<th(?![a-z])[^>]*>").Select(m => m.Value), th => Assert.Contains("scope=", th, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_strangers_text_is_encoded()
    {
        const string hostile = "\"><script>alert('x')</script>&<img src=x onerror=y>\u202e";
        var options = new WebOptions
        {
            Title = "<b>T</b>", Banner = "simulated <network>", Regions = [new ListedRegion(Sample.Fra, "<i>Frankfurt</i>", JobType.Transcoding)],
        };
        var html = await GetAsync(Sample.Snapshot(Sample.Row(1, (Sample.Fra, Sample.Cell(1, 1))) with { ServiceUri = hostile, Verified = false }), "?region=FRA", options);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>T", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<network>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>Frankfurt", html, StringComparison.Ordinal);
        Assert.Contains("simulated &lt;network&gt;", html, StringComparison.Ordinal);
        Assert.Contains("address not verified", html, StringComparison.Ordinal);
        Parse(html);
    }

    [Fact]
    public async Task Nothing_of_the_query_is_echoed()
    {
        var html = await GetAsync(Three, "?sort=%22%3E%3Cscript%3E&dir=zzqq&region=%3Czzqq%3E&page=99999999999&zzqq=zzqq");
        Assert.DoesNotContain("zzqq", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_board_of_a_hundred_in_eight_regions_is_under_100_kilobytes()
    {
        RegionId[] regions = [.. new[] { "FRA", "MDW", "SIN", "LAX", "NYC", "LON", "SAO", "TOR" }.Select(RegionId.Parse)];
        var rows = Enumerable.Range(1, 100).Select(n => Sample.Row(n, [.. regions.Select(r => (r, Sample.Cell(0.987, 0.876, (CellState)(n % 3))))])).ToArray();
        var html = await GetAsync(Sample.Snapshot(rows));
        Assert.Equal(100, Order(html).Length);
        Assert.InRange(Encoding.UTF8.GetByteCount(html), 20_000, 100_000);
    }

    [Fact]
    public async Task A_longer_board_is_cut_into_pages_that_link_to_each_other()
    {
        var rows = Enumerable.Range(1, 250).Select(n => Sample.Row(n, (Sample.Fra, Sample.Cell(1, n / 250.0)))).ToArray();
        var first = await GetAsync(Sample.Snapshot(rows));
        Assert.Equal(Sample.Orch(250).Text, Order(first)[0]);
        Assert.Contains("href=\"?sort=score&amp;dir=desc&amp;page=2\"", first, StringComparison.Ordinal);
        var last = await GetAsync(Sample.Snapshot(rows), "?page=9999");
        Assert.Equal(50, Order(last).Length);
        Assert.Contains("Page 3 of 3", last, StringComparison.Ordinal);
        Assert.Contains("<td>250</td>", Row(last, 1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_board_says_so()
    {
        var html = await GetAsync(LeaderboardSnapshot.Empty);
        Assert.Contains("No results are published yet.", html, StringComparison.Ordinal);
        Parse(html);
    }

    [Fact]
    public async Task It_tells_as_of_when_over_which_window_and_that_the_network_is_simulated()
    {
        var html = await GetAsync(Three, "", new WebOptions { Banner = "This network is simulated." });
        Assert.Contains("As of <time datetime=\"2026-11-20T12:00:00Z\">2026-11-20 12:00 UTC</time>", html, StringComparison.Ordinal);
        Assert.Contains("the last 24 hours by test time", html, StringComparison.Ordinal);
        Assert.Contains("<p class=\"banner\" role=\"note\">This network is simulated.</p>", html, StringComparison.Ordinal);
        Parse(html);
    }

    [Fact]
    public void A_number_that_is_none_is_never_shown()
    {
        var random = new Random(1);
        double[] odd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, 1, double.Epsilon];
        for (var i = 0; i < 50; i++)
        {
            var cell = Sample.Cell(odd[random.Next(odd.Length)], odd[random.Next(odd.Length)]);
            var snapshot = Sample.Snapshot(Sample.Row(1, (Sample.Fra, cell)));
            var query = new PageQuery(random.Next(2) == 0 ? Sample.Fra : null, PageColumn.Score, null, true, 1);
            var html = new PageWriter(new WebOptions(), snapshot, [Sample.Fra], query, []).Write(PageRow.Sorted(snapshot.Rows, query));
            Assert.DoesNotMatch("NaN|Infinity|∞", html);
        }
    }

    private static string Row(string html, int n) =>
        Assert.Single(html.Split('\n'), line => line.StartsWith("<tr>", StringComparison.Ordinal) && line.Contains($">{Sample.Orch(n)}<", StringComparison.Ordinal));
}
