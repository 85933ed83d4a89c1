using System.Net;
using System.Net.Http.Json;
using Monitoring.Simulator;
using Monitoring.Testing.Processes;

namespace Monitoring.Cluster.Tests.Processes;

/// <summary>What a hub answers beside the board: dead letters and subscriptions, whichever hub tells of alerts, and metrics on addresses of their own.</summary>
public sealed class Hubs_tell_of_alerts_in_turn
{
    private static readonly string[] Fra = ["FRA"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task And_whichever_is_asked_the_one_that_tells_answers()
    {
        await using var cluster = await ClusterProcesses.CreateAsync(FleetOptions.Default with { Nodes = [.. FleetOptions.Default.Nodes.Take(1)] }, Fra, Cancel);
        var first = cluster.Hub("Metrics:Urls=http://127.0.0.1:0");
        using var one = await ClusterProcesses.UntilReadyAsync(first, Cancel);
        await first.SaysAsync("This hub tells of incidents from now on", Cancel);
        await first.SaysAsync("This hub tells the registry", Cancel);
        var second = cluster.Hub("Metrics:Urls=http://127.0.0.1:0");
        using var other = await ClusterProcesses.UntilReadyAsync(second, Cancel);

        // Every request once to each hub, as through a balancer.
        foreach (var hub in new[] { one, other }) await AnswersAsync(hub);
        await MetricsAreApartAsync(second, other);
        Assert.DoesNotContain("This hub tells", second.Said, StringComparison.Ordinal);

        // The one whose turn it is ends, and the other takes over what it kept.
        first.Signal(15);
        await second.SaysAsync("This hub tells of incidents from now on", Cancel);
        await AnswersAsync(other);
        Assert.Equal(0, await first.ExitAsync(Cancel));
    }

    // For an orchestrator that nobody knows: refused for what it is by whoever keeps the subscriptions.
    private static async Task AnswersAsync(HttpClient hub)
    {
        Assert.Equal("""{"waiting":0,"count":0,"dead":[]}""", await hub.GetStringAsync("/api/v1/alerts/dead", Cancel));
        var request = new { action = "list", orchestrator = "0x00000000000000000000000000000000000000aa", nonce = new string('0', 64), expires = 0, signature = "0x" + new string('0', 130) };
        using var unknown = await hub.PostAsJsonAsync("/api/v1/subscriptions/nonces", request, Cancel);
        Assert.Equal((HttpStatusCode.NotFound, "application/json"), (unknown.StatusCode, unknown.Content.Headers.ContentType?.MediaType));
        using var unsigned = await hub.PostAsJsonAsync("/api/v1/subscriptions", request, Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, unsigned.StatusCode);
        Assert.Contains("The nonce is not good", await unsigned.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    private static async Task MetricsAreApartAsync(HostProcess process, HttpClient hub)
    {
        using var open = await hub.GetAsync("/metrics", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, open.StatusCode);
        var line = process.Said.Split('\n').Single(l => l.StartsWith("metrics      ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        using var inside = new HttpClient();
        var text = await inside.GetStringAsync(new Uri(line[1].Trim()), Cancel);
        Assert.Contains("# TYPE monitoring_orchestrators gauge", text, StringComparison.Ordinal);
        Assert.Contains("orleans_", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 1, 2_000_000);
        using var elsewhere = await inside.GetAsync(new Uri(new Uri(line[1].Trim()), "/api/aggregated_stats"), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
    }
}
