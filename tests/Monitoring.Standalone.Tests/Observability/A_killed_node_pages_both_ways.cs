using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Monitoring.Standalone.Tests.EndToEnd;
using Monitoring.Standalone.Tests.Sites;
using Monitoring.Testing.Alertmanager;
using Monitoring.Testing.Processes;
using Monitoring.Testing.Prometheus;

namespace Monitoring.Standalone.Tests.Observability;

/// <summary>
/// A hub that watches simulated orchestrators through the processes of three regions, a real Prometheus with the rules of the repository, a real
/// Alertmanager. One node is killed: the monitor itself and the rules both tell it within ten minutes, and both say when it is over. It takes half an
/// hour of real time, so it is a long run.
/// </summary>
[Collection(OneAtATime.Name)]
public sealed class A_killed_node_pages_both_ways(ITestOutputHelper output)
{
    private static readonly TimeSpan Promise = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    [LimitedFact]
    public async Task Within_ten_minutes_with_evidence_and_runbook_and_both_are_resolved()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("MONITORING_SOAK") == "1", "It takes up to half an hour: tests/run --soak");
        Assert.SkipWhen(PrometheusServer.Missing is not null, PrometheusServer.Missing ?? "");
        Assert.SkipWhen(AlertmanagerServer.Missing is not null, AlertmanagerServer.Missing ?? "");
        var cancel = TestContext.Current.CancellationToken;
        var told = Channel.CreateUnbounded<JsonNode>();
        await using var receiver = await LocalServer.StartAsync(async context =>
        {
            var body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            foreach (var alert in body!["alerts"]!.AsArray()) told.Writer.TryWrite(alert!.DeepClone());
        });
        await using var alertmanager = await AlertmanagerServer.StartAsync(receiver.Url);
        var settings = new Dictionary<string, string>
        {
            ["MONITOR_Alerts__Channels__am__Kind"] = "alertmanager",
            ["MONITOR_Alerts__Channels__am__Urls__0"] = alertmanager.Url.AbsoluteUri,
            ["MONITOR_Alerts__BoardUrl"] = "http://board.example",
            ["MONITOR_Alerts__RunbookUrl"] = "http://board.example/runbooks/{rule}.md",
        };
        await using var sites = await RegionSites.StartAsync(nodes: 4, testsPerDay: 8, onPostgres: false, cancel, settings);
        var url = await sites.Hub.UrlAsync(cancel);
        await using var prometheus = await PrometheusServer.StartAsync("livepeer-monitoring", [url.Authority], Dashboards.RuleFiles, alertmanager.Url.Authority);
        foreach (var region in RegionSites.Regions) await sites.UntilInstrumentAsync(region, (state, _) => state == "ok", cancel);

        // A minute in which all is well: no page.
        var clock = Stopwatch.StartNew();
        void Say(string what) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed:mm\\:ss} {what}"));
        await Task.Delay(TimeSpan.FromMinutes(1), cancel);
        Assert.False(told.Reader.TryRead(out var early), early?.ToJsonString());

        var victim = sites.Fleet.Nodes[2];
        await victim.KillAsync(cancel);
        clock.Restart();
        Say($"killed {victim.Id}");
        var (own, byRules) = await BothAsync("firing");
        Assert.True(clock.Elapsed <= Promise, $"It took {clock.Elapsed}.");
        Say(Text(own, "annotations", "description"));
        Say(Text(byRules, "annotations", "description"));
        Assert.True(RegionSites.Regions.Count(r => Text(own, "annotations", "description").Contains($"{r} 2", StringComparison.Ordinal)) >= 2, "it is not said what the regions saw");
        Assert.Equal("http://board.example/runbooks/OrchestratorDown.md", Text(own, "annotations", "runbook_url"));
        Assert.True(RegionSites.Regions.Count(r => Text(byRules, "annotations", "description").Contains($"{r} (", StringComparison.Ordinal)) >= 2, "it is not said what the regions saw");
        Assert.Equal($"http://{url.Authority}/runbooks/OrchestratorDown.md", Text(byRules, "annotations", "runbook_url"));
        using var http = new HttpClient();
        Assert.StartsWith("# OrchestratorDown", await http.GetStringAsync(new Uri(Text(byRules, "annotations", "runbook_url")), cancel), StringComparison.Ordinal);

        await victim.ReviveAsync(cancel);
        Say("revived");
        await BothAsync("resolved");

        async Task<(JsonNode Own, JsonNode ByRules)> BothAsync(string status)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(Patience);
            JsonNode? own = null;
            JsonNode? rules = null;
            while (own is null || rules is null)
            {
                var alert = await told.Reader.ReadAsync(limit.Token);
                Say($"{(string?)alert["status"]} {Text(alert, "labels", "alertname")} {Text(alert, "labels", "severity")} {Text(alert, "labels", "orchestrator")} {Text(alert, "labels", "source")}");
                if (Text(alert, "labels", "alertname") != "OrchestratorDown") continue;
                Assert.Equal(victim.Id.Text, Text(alert, "labels", "orchestrator"));
                if ((string?)alert["status"] != status || Text(alert, "labels", "severity") != "page") continue;
                if (Text(alert, "labels", "source") == "livepeer-monitor") own = alert;
                else rules = alert;
            }

            return (own, rules);
        }
    }

    private static string Text(JsonNode alert, string of, string name) => (string?)alert[of]?[name] ?? "";
}
