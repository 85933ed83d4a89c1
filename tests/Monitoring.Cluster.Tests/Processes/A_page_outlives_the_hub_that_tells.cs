using Monitoring.Alerting.Tests;
using Monitoring.Simulator;
using Monitoring.Testing.Processes;

namespace Monitoring.Cluster.Tests.Processes;

/// <summary>
/// One hub of two tells of incidents. An orchestrator dies and is told of; the hub that told is killed; the orchestrator comes back, and the other hub
/// tells that. It takes the minutes that an outage takes to be believed, so it is a long run.
/// </summary>
[Collection(WholeProcesses.Name)]
public sealed class A_page_outlives_the_hub_that_tells
{
    private const string Duty = "This hub tells of incidents from now on";
    private static readonly string[] Fra = ["FRA"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task What_one_hub_opened_the_other_one_resolves_and_nothing_is_told_under_two_keys()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("MONITORING_SOAK") == "1", "It takes a quarter of an hour: tests/run --soak");
        await using var receiver = await TestReceiver.StartAsync();
        await using var cluster = await ClusterProcesses.CreateAsync(FleetOptions.Default with { Nodes = [.. FleetOptions.Default.Nodes.Take(4)] }, Fra, Cancel);

        // Both are secrets, which no command line takes; only hubs know them.
        cluster.Settings["MONITOR_Alerts__Channels__hook__Kind"] = "webhook";
        cluster.Settings["MONITOR_Alerts__Channels__hook__Url"] = receiver.Url.AbsoluteUri;
        cluster.Settings["MONITOR_Alerts__Channels__hook__Secret"] = "a secret of sixteen";
        HostProcess[] hubs = [cluster.Hub(), cluster.Hub()];
        cluster.Settings.Clear();
        foreach (var hub in hubs) (await ClusterProcesses.UntilReadyAsync(hub, Cancel)).Dispose();
        var region = cluster.Region("FRA");
        await region.SaysAsync("FRA is tested from here", Cancel);
        await region.SaysAsync("Tested ", 4, Cancel);

        var victim = cluster.Fleet.Nodes[1];
        await victim.KillAsync(Cancel);
        Say($"killed {victim.Id.Text}");
        await UntilToldAsync(receiver, "Opened", victim.Id.Text);
        var (teller, other) = hubs[0].Said.Contains(Duty, StringComparison.Ordinal) ? (hubs[0], hubs[1]) : (hubs[1], hubs[0]);
        Assert.DoesNotContain(Duty, other.Said, StringComparison.Ordinal);
        Say("opened, told by one hub, which is killed now");
        teller.Kill();
        await victim.ReviveAsync(Cancel);
        await other.SaysAsync(Duty, Cancel);
        Say("the other hub has the duty");
        await UntilToldAsync(receiver, "Resolved", victim.Id.Text);
        Say("resolved");

        // A notification may come twice, under the same key; none is told as two.
        var told = receiver.All.Where(r => r.EventId.StartsWith($"OrchestratorDown/{victim.Id.Text}/-/", StringComparison.Ordinal)).Select(r => r.EventId).Distinct().ToList();
        Assert.All(told, id => Assert.StartsWith($"OrchestratorDown/{victim.Id.Text}/-/1#", id, StringComparison.Ordinal));
    }

    private static Task UntilToldAsync(TestReceiver receiver, string kind, string orchestrator) => receiver.UntilAsync(all => all.Any(r =>
        r.EventId.StartsWith($"OrchestratorDown/{orchestrator}/", StringComparison.Ordinal) && r.Json.ToJsonString().Contains($"\"{kind}\"", StringComparison.OrdinalIgnoreCase)));

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"{DateTime.UtcNow:HH:mm:ss} {line}"));
}
