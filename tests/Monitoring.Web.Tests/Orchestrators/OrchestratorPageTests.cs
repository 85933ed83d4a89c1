using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Monitoring.Web.Tests;

/// <summary>"Why is my score 0?", answered for people.</summary>
public sealed class OrchestratorPageTests
{
    private static readonly string Path = $"/orchestrators/{Sample.Orch(1)}";

    private static XElement Parse(string html) => XElement.Parse(Regex.Replace(html.Replace("<!doctype html>", "", StringComparison.Ordinal), "<(meta)([^>]*)>", "<$1$2/>"));

    [Theory]
    [InlineData(CellState.Measured, OutcomeCode.Unreachable, true, "none of the 4 counted tests of the last 24 hours brought a valid rendition; most often no connection could be made")]
    [InlineData(CellState.Zero, OutcomeCode.PricedOut, true, "the newest valid evidence is against it: it asked more than the price ceiling")]
    [InlineData(CellState.Zero, OutcomeCode.Completed, false, "because it left the active set")]
    [InlineData(CellState.Held, OutcomeCode.OurWallet, true, "could be counted in the last 24 hours because of us (our own wallet could not pay). The last value of 2026-11-20 11:00 UTC stands for 7 days")]
    public async Task The_page_says_why_the_score_is_what_it_is(CellState state, OutcomeCode code, bool active, string words)
    {
        await using var site = await Site.StartAsync();
        site.Board.Current = Sample.Snapshot(Sample.Row(1, (Sample.Fra, Sample.Cell(0, 0, state))) with { Active = active });
        site.Store.Add(Sample.Own(1, Sample.Fra, Sample.Now.AddHours(-1), code == OutcomeCode.Completed ? 60 : 0, 60, code: code));
        var html = await site.GetAsync(Path);
        Assert.Contains(words, html, StringComparison.Ordinal);
        Assert.Contains(code.ToString(), html, StringComparison.Ordinal);
        Parse(html);
    }

    [Fact]
    public async Task A_zero_of_latency_alone_is_explained_too()
    {
        await using var site = await Site.StartAsync();
        site.Board.Current = Sample.Snapshot(Sample.Row(1, (Sample.Fra, Sample.Cell(0.25, 0))));
        Assert.Contains("The score is 0 although 25.0 % of the expected renditions came back valid", await site.GetAsync(Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_who_was_never_tested_is_told_so()
    {
        await using var site = await Site.StartAsync();
        site.Book.Enrolled = OrchestratorApiTests.Enrolled(1);
        var html = await site.GetAsync(Path);
        Assert.Contains("was not tested yet", html, StringComparison.Ordinal);
        Assert.Contains("https://o1.example:8935", html, StringComparison.Ordinal);
        Parse(html);
    }

    [Fact]
    public async Task Delegators_see_the_stake_and_who_only_collects()
    {
        await using var site = await Site.StartAsync();
        site.Board.Current = Sample.Snapshot(Sample.Row(1, (Sample.Fra, Sample.Cell(0, 0))));
        site.Book.Stake = OrchestratorApiTests.Stake((1, OrchestratorApiTests.Facts));
        var html = await site.GetAsync(Path);
        Assert.Contains("123456.79 LPT; it keeps 10.0 % of the rewards and passes 50.0 % of the fees", html, StringComparison.Ordinal);
        Assert.Contains("It last called for its reward in round 3000.", html, StringComparison.Ordinal);
        Assert.Contains("<td>100.00</td><td>none</td>", html, StringComparison.Ordinal);
        Assert.Contains("<td>yes, amount unknown</td>", html, StringComparison.Ordinal);
        Assert.Contains("It collects inflationary rewards", html, StringComparison.Ordinal);

        site.Board.Current = Sample.Snapshot(Sample.Row(1, (Sample.Fra, Sample.Cell(0.1, 0.5))));
        Assert.DoesNotContain("It collects inflationary rewards", await site.GetAsync(Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_that_a_stranger_wrote_becomes_markup()
    {
        const string hostile = "\"><script>alert('x')</script>&<img src=x onerror=y>";
        await using var site = await Site.StartAsync();
        site.Board.Current = Sample.Snapshot(Sample.Row(1, (Sample.Fra, Sample.Cell(0, 0))) with { ServiceUri = hostile, Verified = false });
        var own = Sample.Own(1, Sample.Fra, Sample.Now.AddHours(-1), 0, 60);
        site.Store.Add(own with { Outcome = new Outcome(OutcomeCode.TranscodeFailed, hostile) });
        site.Store.Evidence[own.Test] = new TestEvidence { Price = hostile };
        var page = await site.SendAsync(Path);
        Assert.DoesNotContain("<script", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page.Body, StringComparison.Ordinal);
        Assert.Contains("address not verified", page.Body, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", page.Header("Content-Security-Policy")!, StringComparison.Ordinal);
        Parse(page.Body);
    }

    [Fact]
    public async Task The_board_links_to_it()
    {
        await using var site = await Site.StartAsync();
        site.Board.Current = Sample.Snapshot(Sample.Row(1, (Sample.Fra, Sample.Cell(1, 1))));
        Assert.Contains($"<a href=\"{Path}\">", await site.GetAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_code_has_words_of_its_own()
    {
        var words = Enum.GetValues<OutcomeCode>().Select(OutcomeWords.Of).ToList();
        Assert.DoesNotContain(OutcomeWords.Of((OutcomeCode)(-1)), words);
        Assert.Equal(words.Count, words.Distinct().Count());
    }
}
