using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Monitoring.Testing.Alertmanager;
using Monitoring.Testing.Processes;

namespace Monitoring.Alerting.Tests;

/// <summary>Against Debian's Alertmanager, which tells a receiver of ours.</summary>
public sealed class A_real_Alertmanager_is_told
{
    private static readonly AlertLinks Links = new("https://board.example", "https://runbooks.example/{rule}.md");

    [LimitedFact]
    public async Task An_incident_fires_once_with_its_evidence_and_is_resolved_once()
    {
        Assert.SkipWhen(AlertmanagerServer.Missing is not null, AlertmanagerServer.Missing ?? "");
        await using var receiver = await TestReceiver.StartAsync();
        await using var alertmanager = await AlertmanagerServer.StartAsync(receiver.Url);
        await using var rig = await AlertRig.StartAsync(new() { ["am"] = Channel(alertmanager.Url) });
        var opened = Now(Incidents.Opened());
        await rig.TakeAsync(opened);
        await receiver.UntilAsync(all => Alerts(all).Any(a => Status(a) == "firing"));

        var fired = Alerts(receiver.All).First(a => Status(a) == "firing");
        Assert.Equal("OrchestratorDown", (string?)fired["labels"]!["alertname"]);
        Assert.Equal(Incidents.Orchestrator(1).Text, (string?)fired["labels"]!["orchestrator"]);
        Assert.Equal("FRA", (string?)fired["labels"]!["region"]);
        Assert.Equal("page", (string?)fired["labels"]!["severity"]);
        Assert.Contains("3 of 3 checks failed", (string?)fired["annotations"]!["description"], StringComparison.Ordinal);
        Assert.Equal("https://runbooks.example/OrchestratorDown.md", (string?)fired["annotations"]!["runbook_url"]);
        Assert.Equal($"https://board.example/orchestrators/{Incidents.Orchestrator(1).Text}", (string?)fired["generatorURL"]);

        await rig.TakeAsync(opened.Resolved(DateTimeOffset.UtcNow));
        await receiver.UntilAsync(all => Alerts(all).Any(a => Status(a) == "resolved"));
        Assert.Empty(await rig.Store.ReadStandingAsync("am", TestContext.Current.CancellationToken));
        Assert.Single(Alerts(receiver.All), a => Status(a) == "firing");
        Assert.Single(Alerts(receiver.All), a => Status(a) == "resolved");
    }

    [LimitedFact]
    public async Task Another_severity_ends_the_alert_of_the_one_before()
    {
        Assert.SkipWhen(AlertmanagerServer.Missing is not null, AlertmanagerServer.Missing ?? "");
        await using var receiver = await TestReceiver.StartAsync();
        await using var alertmanager = await AlertmanagerServer.StartAsync(receiver.Url);
        await using var rig = await AlertRig.StartAsync(new() { ["am"] = Channel(alertmanager.Url) });
        var opened = Now(Incidents.Opened(severity: Severity.Warning));
        await rig.TakeAsync(opened);
        await receiver.UntilAsync(all => Alerts(all).Any());
        await rig.TakeAsync(opened.Changed(Severity.Page));
        await receiver.UntilAsync(all => Alerts(all).Any(a => Status(a) == "resolved"));
        await receiver.UntilAsync(all => Alerts(all).Any(a => (string?)a["labels"]!["severity"] == "page"));
        var standing = Assert.Single(await alertmanager.FiringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("page", (string?)standing!["labels"]!["severity"]);
    }

    [LimitedFact]
    public async Task A_replica_that_comes_late_is_told_by_the_repetition_and_one_that_hangs_harms_nobody()
    {
        Assert.SkipWhen(AlertmanagerServer.Missing is not null, AlertmanagerServer.Missing ?? "");

        // Listens and never answers.
        using var hanging = new TcpListener(IPAddress.Loopback, 0);
        hanging.Start();
        await using var receiver = await TestReceiver.StartAsync();
        await using var first = await AlertmanagerServer.StartAsync(receiver.Url);
        await using var second = await AlertmanagerServer.StartAsync(receiver.Url);
        var late = false;
        await using var gate = await TestReceiver.StartAsync(async (context, received, _) =>
        {
            context.Response.StatusCode = 503;
            if (!Volatile.Read(ref late)) return;
            using var http = new HttpClient();
            using var content = new ByteArrayContent(received.Bytes);
            content.Headers.ContentType = new("application/json");
            using var answer = await http.PostAsync(new Uri(second.Url, received.Path), content, context.RequestAborted);
            context.Response.StatusCode = (int)answer.StatusCode;
        });
        var channel = new AlertmanagerChannel(
            [first.Url, gate.Url, new Uri($"http://127.0.0.1:{((IPEndPoint)hanging.LocalEndpoint).Port}")], Links,
            new ChannelHttp(ChannelHttp.ForConfigured(), TimeProvider.System), TimeProvider.System);
        await using var rig = await AlertRig.StartAsync(new() { ["am"] = channel }, policy: AlertRig.Quick with { Attempt = TimeSpan.FromSeconds(30) });
        await rig.TakeAsync(Now(Incidents.Opened()));
        await Until.TrueAsync(() => rig.Outbox.Waiting == 0);
        Assert.Single(await first.FiringAsync(TestContext.Current.CancellationToken));
        Assert.Empty(await second.FiringAsync(TestContext.Current.CancellationToken));

        Volatile.Write(ref late, true);
        await Until.TrueAsync(async () => (await second.FiringAsync(TestContext.Current.CancellationToken)).Count == 1);
    }

    [LimitedFact]
    public async Task What_lasts_is_repeated_after_a_restart_so_that_an_Alertmanager_that_forgot_knows_again()
    {
        Assert.SkipWhen(AlertmanagerServer.Missing is not null, AlertmanagerServer.Missing ?? "");
        await using var receiver = await TestReceiver.StartAsync();
        await using var alertmanager = await AlertmanagerServer.StartAsync(receiver.Url);
        Uri? target = null;
        await using var relay = await TestReceiver.StartAsync(async (context, received, _) =>
        {
            if (Volatile.Read(ref target) is not { } to) return;
            using var http = new HttpClient();
            using var content = new ByteArrayContent(received.Bytes);
            content.Headers.ContentType = new("application/json");
            using var answer = await http.PostAsync(new Uri(to, received.Path), content, context.RequestAborted);
            context.Response.StatusCode = (int)answer.StatusCode;
        });
        await using var rig = await AlertRig.StartAsync(new() { ["am"] = Channel(relay.Url) });

        // Taken by something that then forgets it.
        await rig.TakeAsync(Now(Incidents.Opened()));
        await Until.TrueAsync(() => rig.Outbox.Waiting == 0);
        await rig.StopAsync();
        Volatile.Write(ref target, alertmanager.Url);
        await rig.StartAsync();
        await receiver.UntilAsync(all => Alerts(all).Any(a => Status(a) == "firing"));
    }

    private static AlertmanagerChannel Channel(Uri url) =>
        new([url], Links, new ChannelHttp(ChannelHttp.ForConfigured(), TimeProvider.System), TimeProvider.System);

    // An Alertmanager goes by its own clock.
    private static Notification Now(Notification notification) => notification with
    {
        Incident = notification.Incident with { Since = DateTimeOffset.UtcNow.AddMinutes(-5), OpenedAt = DateTimeOffset.UtcNow },
    };

    private static IEnumerable<JsonNode> Alerts(IReadOnlyList<Received> all) => all.SelectMany(r => r.Json["alerts"]!.AsArray()).Select(a => a!);

    private static string? Status(JsonNode alert) => (string?)alert["status"];
}
