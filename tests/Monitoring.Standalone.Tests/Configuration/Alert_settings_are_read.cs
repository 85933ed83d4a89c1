using Monitoring.Core;
using Monitoring.Standalone.Configuration;
using Monitoring.Web;

namespace Monitoring.Standalone.Tests.Configuration;

public sealed class Alert_settings_are_read
{
    private const string Full = """
        { "Alerts": {
            "Channels": {
              "pager": { "Kind": "pagerduty", "Key": "routing-key-of-ours" },
              "am": { "Kind": "alertmanager", "Urls": ["http://am-0:9093", "http://am-1:9093"] },
              "chat": { "Kind": "slack", "Url": "https://hooks.slack.example/services/T0/B0/hidden" },
              "tg": { "Kind": "telegram", "Token": "123:hidden", "Chat": "-100" },
              "hook": { "Kind": "webhook", "Url": "https://hook.example/hidden", "Secret": "a secret of sixteen" } },
            "Routes": [ { "Name": "night", "Severity": "page", "Regions": ["FRA"], "Rules": ["OrchestratorDown"], "Channels": ["pager", "am"], "Quiet": "22:00-07:00", "TimeZone": "Europe/Berlin" } ],
            "Default": ["chat"], "BoardUrl": "https://board.example/", "RunbookUrl": "https://runbooks.example/{rule}.md",
            "Canary": { "On": true, "Channels": ["hook"] },
            "Heartbeat": { "Url": "https://ping.example/hidden", "Method": "POST" } } }
        """;

    [Fact]
    public void Everything_can_be_set_and_no_secret_is_shown()
    {
        var parsed = Configurations.Parse(Full);
        Assert.True(parsed.IsUsable, string.Join('\n', parsed.Problems));
        var alerts = parsed.Options.Alerts;
        Assert.Equal(["am", "chat", "hook", "pager", "tg"], alerts.Channels.Keys.Order());
        Assert.Equal(["canary", "night"], alerts.Router.Routes.Select(r => r.Name));
        Assert.Equal(["chat"], alerts.Router.Otherwise);
        Assert.Equal("Europe/Berlin", alerts.Router.Routes[1].Quiet!.Zone.Id);
        Assert.Equal([IncidentRule.OrchestratorDown], alerts.Router.Routes[1].Rules);
        Assert.Equal(HttpMethod.Post, alerts.Heartbeat!.Method);
        Assert.NotNull(alerts.Canary);
        var shown = string.Join('\n', parsed.Effective) + string.Join('\n', parsed.Problems) + alerts.Heartbeat + string.Join('\n', alerts.Channels.Values);
        foreach (var secret in new[] { "hidden", "routing-key-of-ours", "a secret of sixteen" }) Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Thresholds_reach_the_rules_and_are_shown()
    {
        var parsed = Configurations.Parse("""
            { "Alerts": { "Thresholds": { "ScoreDrop": 0.3, "ScoreHours": 6, "UntestedHours": 24, "RealTimeRate": 0.9, "Coverage": 0.97, "StaleMinutes": 30, "SnapshotMinutes": 7 } } }
            """);
        Assert.True(parsed.IsUsable, string.Join('\n', parsed.Problems));
        var rules = parsed.Options.Policy.Availability;
        Assert.Equal((0.3, TimeSpan.FromHours(6), TimeSpan.FromHours(24), 0.9, 0.95), (rules.Slide, rules.SlideWithin, rules.NotTestedFor, rules.RealTimeRate, rules.RealTimeRateAgain));
        var instrument = parsed.Options.Alerts.Thresholds.Instrument;
        Assert.Equal((0.97, 1.0, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(7)), (instrument.Coverage, instrument.CoverageAgain, instrument.StaleFor, instrument.SnapshotLag));
        Assert.Contains(new EffectiveSetting("Alerts:Thresholds:Coverage", "0.97", "monitor.json"), parsed.Effective);
        Assert.Equal(new AvailabilityPolicy() with { RealTimeRateAgain = Configurations.Parse().Options.Policy.Availability.RealTimeRateAgain }, Configurations.Parse().Options.Policy.Availability);
        Assert.Equal(0.995, Configurations.Parse().Options.Policy.Availability.RealTimeRateAgain, 9);
        Assert.Equal(new InstrumentPolicy().Coverage, Configurations.Parse().Options.Alerts.Thresholds.Instrument.Coverage);
    }

    [Fact]
    public void Without_any_setting_nobody_is_told_and_nothing_is_wrong()
    {
        var parsed = Configurations.Parse();
        Assert.True(parsed.IsUsable);
        Assert.Empty(parsed.Options.Alerts.Channels);
    }

    [Theory]
    [InlineData("Alerts:Channels:x:Kind", "Alerts:Channels:x:Kind=pigeon")]
    [InlineData("Alerts:Channels:x:Kind", "Alerts:Channels:x:Url=https://a.example")]
    [InlineData("Alerts:Channels:x:Key", "Alerts:Channels:x:Kind=pagerduty")]
    [InlineData("Alerts:Channels:x:Urls", "Alerts:Channels:x:Kind=alertmanager")]
    [InlineData("Alerts:Channels:x:Secret", "Alerts:Channels:x:Kind=webhook", "Alerts:Channels:x:UrlFile=/nonexistent", "Alerts:Channels:x:Secret=short")]
    [InlineData("Alerts:Channels:x:Chat", "Alerts:Channels:x:Kind=telegram")]
    [InlineData("Alerts:Channels:x y", "Alerts:Channels:x y:Kind=slack")]
    [InlineData("Alerts:Channels:subscription-1", "Alerts:Channels:subscription-1:Kind=slack")]
    [InlineData("Alerts:Routes:0:Channels:0", "Alerts:Routes:0:Name=a", "Alerts:Routes:0:Channels=nobody")]
    [InlineData("Alerts:Routes:0:Quiet", "Alerts:Routes:0:Name=a", "Alerts:Routes:0:Quiet=22-7")]
    [InlineData("Alerts:Routes:0:TimeZone", "Alerts:Routes:0:Name=a", "Alerts:Routes:0:TimeZone=Europe/Nowhere")]
    [InlineData("Alerts:Routes:0:Rules:0", "Alerts:Routes:0:Name=a", "Alerts:Routes:0:Rules=Rain")]
    [InlineData("Alerts:Routes:0:Name", "Alerts:Routes:0:Severity=page")]
    [InlineData("Alerts:Routes:0:Colour", "Alerts:Routes:0:Name=a", "Alerts:Routes:0:Colour=red")]
    [InlineData("Alerts:Default:0", "Alerts:Default=nobody")]
    [InlineData("Alerts:Canary:Channels", "Alerts:Canary:On=true")]
    [InlineData("Alerts:Canary:At", "Alerts:Canary:At=noon")]
    [InlineData("Alerts:BoardUrl", "Alerts:BoardUrl=board")]
    [InlineData("Alerts:Heartbeat:Seconds", "Alerts:Heartbeat:Seconds=1")]
    [InlineData("Alerts:Thresholds:ScoreDrop", "Alerts:Thresholds:ScoreDrop=20")]
    [InlineData("Alerts:Thresholds:ScoreDrop", "Alerts:Thresholds:ScoreDrop=0,2")]
    [InlineData("Alerts:Thresholds:ScoreHours", "Alerts:Thresholds:ScoreHours=49")]
    [InlineData("Alerts:Thresholds:UntestedHours", "Alerts:Thresholds:UntestedHours=73")]
    [InlineData("Alerts:Thresholds:RealTimeRate", "Alerts:Thresholds:RealTimeRate=99")]
    [InlineData("Alerts:Thresholds:Coverage", "Alerts:Thresholds:Coverage=-0.5")]
    [InlineData("Alerts:Thresholds:Coverage", "Alerts:Thresholds:Coverage=NaN")]
    [InlineData("Alerts:Thresholds:StaleMinutes", "Alerts:Thresholds:StaleMinutes=0")]
    [InlineData("Alerts:Thresholds:SnapshotMinutes", "Alerts:Thresholds:SnapshotMinutes=soon")]
    [InlineData("Metrics:Urls:0", "Metrics:Urls=https://localhost:9464")]
    [InlineData("Metrics:Urls:0", "Metrics:Urls=http://*:8080")]
    public void What_is_wrong_is_a_problem_of_its_key(string key, params string[] settings)
    {
        var parsed = Configurations.Parse(overrides: settings);
        Assert.Contains(parsed.Problems, p => p.Key == key && !p.IsWarning);
    }
}
