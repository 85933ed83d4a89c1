using System.Text.Json;
using System.Text.RegularExpressions;

namespace Monitoring.Web.Tests;

public sealed class InstrumentTests
{
    private static readonly InstrumentState Low = new("Wallet: deposit", InstrumentLevel.Alarm, "below a ticket's face value", Sample.Now.AddHours(-2));
    private static readonly InstrumentState Slow = new("Chain", InstrumentLevel.Warning, "one endpoint lags", Sample.Now.AddMinutes(-5));

    [Fact]
    public async Task The_page_shows_every_part_with_the_worst_first()
    {
        await using var site = await Site.StartAsync();
        site.Instrument.Current = [Slow, Low];
        var html = await site.GetAsync("/");
        var section = Regex.Match(html, "<section id=\"instrument\".*?</section>", RegexOptions.Singleline).Value;
        Assert.Equal(["alarm", "warning", "ok"], Regex.Matches(section, "<li class=\"([a-z]+)\"").Select(m => m.Groups[1].Value));
        Assert.Contains("<b>Wallet: deposit</b> alarm: below a ticket&#x27;s face value", section, StringComparison.Ordinal);
        Assert.Contains("since <time datetime=\"2026-11-20T10:00:00Z\">", section, StringComparison.Ordinal);
        Assert.Contains("<a href=\"#instrument\">The instrument raises 1 alarm</a>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_alarm_nothing_stands_above_the_board()
    {
        await using var site = await Site.StartAsync();
        site.Instrument.Current = [Slow];
        Assert.DoesNotContain("raises", await site.GetAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alarm_changes_neither_liveness_nor_readiness()
    {
        await using var site = await Site.StartAsync();
        site.Instrument.Current = [Low];
        Assert.Equal(200, (await site.SendAsync("/livez")).Status);
        Assert.Equal(200, (await site.SendAsync("/readyz")).Status);
    }

    [Fact]
    public async Task Programs_read_the_same_as_people()
    {
        await using var site = await Site.StartAsync();
        site.Instrument.Current = [Low];
        using var json = JsonDocument.Parse(await site.GetAsync("/api/v1/instrument"));
        var states = json.RootElement.GetProperty("instrument");
        Assert.Equal(2, states.GetArrayLength());
        Assert.Equal("Wallet: deposit", states[0].GetProperty("name").GetString());
        Assert.Equal("alarm", states[0].GetProperty("state").GetString());
        Assert.Equal(Low.Text, states[0].GetProperty("text").GetString());
        Assert.Equal(Low.Since, states[0].GetProperty("since").GetDateTimeOffset());
        Assert.Equal("ok", states[1].GetProperty("state").GetString());
    }

    [Fact]
    public async Task What_a_part_says_is_encoded()
    {
        await using var site = await Site.StartAsync();
        site.Instrument.Current = [new InstrumentState("<b>", InstrumentLevel.Warning, "<script>alert(1)</script>", Sample.Now)];
        var html = await site.GetAsync("/");
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.Contains("<b>&lt;b&gt;</b>", html, StringComparison.Ordinal);
    }
}
