using System.Diagnostics;
using System.Globalization;
using System.Net;
using Monitoring.Standalone.Tests.EndToEnd;
using Monitoring.Storage.Postgres;
using Monitoring.Testing;
using Monitoring.Testing.Postgres;
using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.Store;

/// <summary>A whole monitor on the simulated network, whose server of results is stopped and started again.</summary>
public sealed class The_monitor_outlives_its_database : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly Scratch _scratch = new();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _scratch.Dispose();
    }

    [LimitedFact]
    public async Task It_serves_the_board_says_that_it_is_not_ready_and_stores_what_it_owed_when_the_server_is_back()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.StartAsync();
        var name = PostgresUrl.Parse(await server.CreateDatabaseAsync()).Display.Split('/')[^1];
        await File.WriteAllTextAsync(_scratch.At("url"), server.Url(name), Cancel);
        await using var monitor = MonitorProcess.Start(
            _scratch.Path, new Dictionary<string, string>(), "run", "--set", $"Store:UrlFile={_scratch.At("url")}", "--urls", "http://127.0.0.1:0", "--data", _scratch.At("data"));
        var url = await monitor.UrlAsync(Cancel);
        await UntilAsync(async () => await CountAsync() >= 5);

        await server.StopAsync();
        await UntilAsync(async () => await StatusAsync("/readyz") == HttpStatusCode.ServiceUnavailable);
        await UntilAsync(() => Task.FromResult(monitor.Said.Contains("could not be stored", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/livez"));
        Assert.Matches("""name":"Results","state":"alarm","text":"PostgreSQL cannot be reached, or has refused results, since 2""", await InstrumentAsync());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/api/aggregated_stats"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync("/api/raw_stats?orchestrator=0x00000000000000000000000000000000000000aa"));
        if (Environment.GetEnvironmentVariable("MONITORING_SOAK") == "1") await Task.Delay(TimeSpan.FromSeconds(60), Cancel);

        await server.RestartAsync();
        var before = await CountAsync();
        await UntilAsync(async () => await CountAsync() >= before + 5);
        await UntilAsync(async () => await StatusAsync("/readyz") == HttpStatusCode.OK);
        await UntilAsync(async () => (await InstrumentAsync()).Contains("""name":"Results","state":"ok","text":"They are stored in PostgreSQL (""", StringComparison.Ordinal));
        Assert.Contains("Outcomes are kept 90 days, evidence as long, hourly sums for ever.", await InstrumentAsync(), StringComparison.Ordinal);
        monitor.Signal(15);
        Assert.Equal(0, await monitor.ExitAsync(Cancel));
        Assert.DoesNotContain(PostgresServer.Password, monitor.Said, StringComparison.Ordinal);

        async Task<int> CountAsync() => int.Parse(await server.QueryAsync(name, "SELECT count(*) FROM test_outcome WHERE revision > 0"), CultureInfo.InvariantCulture);

        // It is public: nothing of the server's address is in it.
        async Task<string> InstrumentAsync()
        {
            var text = await _client.GetStringAsync(new Uri(url, "/api/v1/instrument"), Cancel);
            Assert.DoesNotContain(string.Create(CultureInfo.InvariantCulture, $":{server.Port}"), text, StringComparison.Ordinal);
            return text;
        }

        async Task<HttpStatusCode> StatusAsync(string path)
        {
            using var answer = await _client.GetAsync(new Uri(url, path), Cancel);
            return answer.StatusCode;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, "It took too long.");
            await Task.Delay(200, Cancel);
        }
    }
}
