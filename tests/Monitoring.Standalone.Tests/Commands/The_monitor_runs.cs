using System.Net.Http.Json;
using System.Text.Json;
using Monitoring.Testing;
using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.Commands;

public sealed class The_monitor_runs : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [LimitedFact]
    public async Task With_nothing_configured_it_simulates_loudly_serves_guards_its_data_and_stops_when_asked()
    {
        using var http = new HttpClient();
        using var monitor = new MonitorProcess(_scratch.Path, ["--urls", "http://127.0.0.1:0"]);
        var url = new Uri((await monitor.LineAsync("leaderboard")).Split(' ')[^1]);
        Assert.Contains("SIMULATED NETWORK", monitor.Errors, StringComparison.Ordinal);
        var ready = await monitor.LineAsync("schedule");
        Assert.Contains("800 tests a day", ready, StringComparison.Ordinal);

        var regions = await http.GetFromJsonAsync<JsonElement>(new Uri(url, "/api/regions"), TestContext.Current.CancellationToken);
        Assert.Contains(regions.GetProperty("regions").EnumerateArray(), r => r.GetProperty("id").GetString() == "SIN");
        Assert.Contains("SIMULATED", await http.GetStringAsync(url, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.True(Directory.Exists(_scratch.At("data")));

        var (second, _, why) = await MonitorProcess.RunAsync(_scratch.Path, ["--urls", "http://127.0.0.1:0"]);
        Assert.Equal(1, second);
        Assert.Contains("is in use", why, StringComparison.Ordinal);

        await monitor.SignalAsync("TERM");
        var (code, _, _) = await monitor.EndAsync();
        Assert.Equal(0, code);

        var (mixed, _, mixedWhy) = await MonitorProcess.RunAsync(_scratch.Path, ["--urls", "http://127.0.0.1:0", "--orchestrator", "https://192.0.2.1:8935", "--region", "FRA"]);
        Assert.Equal(1, mixed);
        Assert.Contains("simulated network, which must not mix", mixedWhy, StringComparison.Ordinal);
    }

    [LimitedFact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using var other = await LocalServer.StartAsync(_ => Task.CompletedTask);
        var (code, _, errors) = await MonitorProcess.RunAsync(_scratch.Path, ["--urls", other.Url.GetLeftPart(UriPartial.Authority)]);
        Assert.Equal(1, code);
        Assert.Contains("address already in use", errors, StringComparison.OrdinalIgnoreCase);
    }

    [LimitedFact]
    public async Task Simulated_orchestrators_are_listed_until_ctrl_c()
    {
        using var simulate = new MonitorProcess(_scratch.Path, ["simulate", "--nodes", "23", "--seed", "5", "--json"]);
        await simulate.LineAsync("SIMULATED");
        await simulate.SignalAsync("INT");
        var (code, output, _) = await simulate.EndAsync();
        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(23, json.RootElement.GetProperty("nodes").GetArrayLength());
    }
}
