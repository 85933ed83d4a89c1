using System.Net;
using System.Net.Http.Json;
using Monitoring.Simulator;
using Monitoring.Testing.Processes;

namespace Monitoring.Cluster.Tests.Processes;

/// <summary>What a hub answers beside the board: dead letters and subscriptions while it tells of alerts, and metrics on addresses of their own.</summary>
public sealed class Hubs_tell_of_alerts_in_turn
{
    private static readonly string[] Fra = ["FRA"];
    private static readonly string[] Asked = ["/api/v1/alerts/dead", "/api/v1/subscriptions/nonces", "/api/v1/subscriptions"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = 600_000)]
    public async Task And_the_others_say_so_until_they_have_the_turn()
    {
        await using var cluster = await ClusterProcesses.CreateAsync(FleetOptions.Default with { Nodes = [.. FleetOptions.Default.Nodes.Take(1)] }, Fra, Cancel);
        var first = cluster.Hub("Metrics:Urls=http://127.0.0.1:0");
        using var one = await ClusterProcesses.UntilReadyAsync(first, Cancel);
        await first.SaysAsync("This hub tells of incidents from now on", Cancel);
        await first.SaysAsync("This hub tells the registry", Cancel);
        var second = cluster.Hub("Metrics:Urls=http://127.0.0.1:0");
        using var other = await ClusterProcesses.UntilReadyAsync(second, Cancel);

        Assert.Equal("""{"waiting":0,"count":0,"dead":[]}""", await one.GetStringAsync(Asked[0], Cancel));
        using var unknown = await PostAsync(one, Asked[1]);
        Assert.Equal((HttpStatusCode.NotFound, "application/json"), (unknown.StatusCode, unknown.Content.Headers.ContentType?.MediaType));
        foreach (var path in Asked)
        {
            using var answer = path == Asked[0] ? await other.GetAsync(path, Cancel) : await PostAsync(other, path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter?.Delta);
            Assert.Contains("another hub", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }

        await MetricsAreApartAsync(second, other);
        Assert.DoesNotContain("This hub tells", second.Said, StringComparison.Ordinal);

        // The one whose turn it is ends, and the other takes over what it kept.
        first.Signal(15);
        await second.SaysAsync("This hub tells of incidents from now on", Cancel);
        Assert.Equal("""{"waiting":0,"count":0,"dead":[]}""", await other.GetStringAsync(Asked[0], Cancel));
        using var there = await PostAsync(other, Asked[1]);
        Assert.Equal(HttpStatusCode.NotFound, there.StatusCode);
        Assert.Equal(0, await first.ExitAsync(Cancel));
    }

    // Of an orchestrator that nobody knows: refused for what it is by whoever keeps the subscriptions.
    private static Task<HttpResponseMessage> PostAsync(HttpClient hub, string path) => hub.PostAsJsonAsync(
        path, new { action = "list", orchestrator = "0x00000000000000000000000000000000000000aa", nonce = "00", expires = 0, signature = "0x" + new string('0', 130) }, Cancel);

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
