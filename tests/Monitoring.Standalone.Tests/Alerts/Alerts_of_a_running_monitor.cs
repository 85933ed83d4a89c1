using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Monitoring.Standalone.Tests.EndToEnd;
using Monitoring.Testing;
using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.Alerts;

[Collection(OneAtATime.Name)]
public sealed class Alerts_of_a_running_monitor
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task The_daily_test_alert_goes_the_whole_way_and_comes_back()
    {
        using var scratch = new Scratch();
        Uri? monitorUrl = null;
        using var http = new HttpClient();
        await using var receiver = await LocalServer.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync(Cancel);

            // As any receiver's own webhook would: whatever it has, sent on.
            if (monitorUrl is null) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            else if (body.Contains("Canary", StringComparison.Ordinal))
            {
                using var content = new StringContent(body);
                using var answer = await http.PostAsync(new Uri(monitorUrl, "/api/v1/alerts/canary"), content, Cancel);
            }
        });
        var settings = new Dictionary<string, string>
        {
            ["MONITOR_Alerts__Channels__hook__Kind"] = "webhook", ["MONITOR_Alerts__Channels__hook__Url"] = receiver.Url.AbsoluteUri,
            ["MONITOR_Alerts__Channels__hook__Secret"] = "a secret of sixteen", ["MONITOR_Alerts__Canary__On"] = "true", ["MONITOR_Alerts__Canary__Channels"] = "hook",
        };
        await using var monitor = MonitorProcess.Start(scratch.Path, settings, "run", "--urls", "http://127.0.0.1:0");
        Volatile.Write(ref monitorUrl, await monitor.UrlAsync(Cancel));
        await monitor.SaysAsync("The canary came back from its receiver", Cancel);

        using var api = new MonitorApi(monitorUrl!);
        var dead = JsonNode.Parse(await api.TextAsync("/api/v1/alerts/dead", Cancel))!;
        Assert.Equal(0, (int)dead["count"]!);
        monitor.Signal(15);
        Assert.Equal(0, await monitor.ExitAsync(Cancel));
    }

    [LimitedFact]
    public async Task The_test_command_says_of_each_channel_whether_it_took_the_alert()
    {
        using var scratch = new Scratch();
        var kinds = new ConcurrentQueue<string>();
        await using var good = await LocalServer.StartAsync(async context =>
        {
            var json = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: Cancel);
            kinds.Enqueue((string)json!["kind"]!);
        });
        await using var bad = await LocalServer.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return context.Response.WriteAsync("no such hook a secret of sixteen", Cancel);
        });
        (string, string)[] settings =
        [
            ("MONITOR_Alerts__Channels__good__Kind", "webhook"), ("MONITOR_Alerts__Channels__good__Url", good.Url.AbsoluteUri), ("MONITOR_Alerts__Channels__good__Secret", "a secret of sixteen"),
            ("MONITOR_Alerts__Channels__bad__Kind", "webhook"), ("MONITOR_Alerts__Channels__bad__Url", bad.Url.AbsoluteUri), ("MONITOR_Alerts__Channels__bad__Secret", "a secret of sixteen"),
            ("MONITOR_Alerts__Routes__0__Name", "pages"), ("MONITOR_Alerts__Routes__0__Channels", "good"),
        ];
        var (code, output, _) = await Commands.MonitorProcess.RunAsync(scratch.Path, ["alerts", "test"], settings);
        Assert.Equal(1, code);
        Assert.Matches(@"bad: REFUSED \(404\) in \d+ ms: no such hook \*{8}", output);
        Assert.Matches(@"good: taken \(200\) in \d+ ms", output);
        Assert.Equal(["opened", "resolved"], kinds);

        (code, output, _) = await Commands.MonitorProcess.RunAsync(scratch.Path, ["alerts", "test", "--route", "pages"], settings);
        Assert.Equal(0, code);
        Assert.DoesNotContain("bad", output, StringComparison.Ordinal);
        Assert.Equal(2, (await Commands.MonitorProcess.RunAsync(scratch.Path, ["alerts", "test", "--route", "none"], settings)).Code);
        Assert.Equal(2, (await Commands.MonitorProcess.RunAsync(scratch.Path, ["alerts", "test"])).Code);
        Assert.Equal(0, (await Commands.MonitorProcess.RunAsync(scratch.Path, ["alerts", "dead"])).Code);
    }
}
