using System.Numerics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer;
using Monitoring.Probing;
using Monitoring.Standalone.Hub;
using Monitoring.Standalone.Tests.EndToEnd;
using Monitoring.Standalone.Wallet;
using Monitoring.Storage;
using Monitoring.Testing;
using Monitoring.Testing.Processes;
using Monitoring.Testing.Prometheus;
using Monitoring.Web;

namespace Monitoring.Standalone.Tests.Observability;

/// <summary>
/// A real Prometheus scrapes a running monitor on the simulated network, and beside it a host with a wallet, which the simulated network has
/// not. Whatever a dashboard or a rule reads must be there.
/// </summary>
[Collection(OneAtATime.Name)]
public sealed class Prometheus_sees_everything
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private static readonly SpendCaps Caps = new() { PerTest = 1000, PerOrchestratorDay = 10_000, PerRegionDay = 100_000, PerDay = 100_000 };

    private static readonly SenderView Funded = new(
        1, new SenderInfo(BigInteger.Pow(10, 18), 0, BigInteger.Pow(10, 18), BigInteger.Zero), new RoundInfo(1, 1, true, default), 100_000_000);

    [LimitedFact]
    public async Task Every_expression_of_every_panel_and_rule_returns_series()
    {
        if (PrometheusServer.Missing is { } missing) Assert.Skip(missing);
        using var scratch = new Scratch();
        using var limit = new CancellationTokenSource(Limit);
        await using var traces = await Traces.StartAsync();
        var nowhere = new Dictionary<string, string>
        {
            ["MONITOR_PostTo__Secret"] = "s", ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = traces.Url.AbsoluteUri, ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "http/protobuf",
        };
        await using var monitor = MonitorProcess.Start(scratch.Path, nowhere, "--urls", "http://127.0.0.1:0", "--data", scratch.At("data"), "--post-to", "http://127.0.0.1:9/api/post_stats");
        var url = await monitor.UrlAsync(limit.Token);
        await using var memory = await KeyedLog.OpenAsync(scratch.At("state.jsonl"), _ => { }, limit.Token);
        await using var payer = await HostWithWalletAsync(await Budget.OpenAsync(Caps, memory, DateTimeOffset.UtcNow, limit.Token), limit.Token);
        await using var prometheus = await PrometheusServer.StartAsync("livepeer-monitoring", [url.Authority, AddressOf(payer).Authority], Dashboards.RuleFiles);

        // One that does some of its work: where nothing comes back there is no latency to show.
        var orchestrator = (await UntilSomeAsync(prometheus, "monitoring_success_rate_ratio > 0", limit.Token))[0].Labels["orchestrator"];
        var wanted = Wanted(orchestrator).ToHashSet();
        Assert.True(wanted.Count > 60, $"Only {wanted.Count} expressions were found: the check looks in the wrong place.");
        while (true)
        {
            foreach (var expression in wanted.ToList())
            {
                if ((await prometheus.QueryAsync(expression)).Count > 0) wanted.Remove(expression);
            }

            if (wanted.Count == 0) break;
            Assert.False(limit.IsCancellationRequested, $"No series after {Limit}:\n{string.Join('\n', wanted)}\n{monitor.Said[Math.Max(0, monitor.Said.Length - 2000)..]}");
            Assert.False(monitor.HasExited, monitor.Said);
            await AskAsync(payer);
            await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(2), limit.Token));
        }

        // Each part of a test's way is in the one trace that the test's id names.
        var whole = await traces.UntilWholeAsync(["lease", "report", "store", "test"], limit.Token);
        Assert.Equal(whole.Trace, TestTrace.TraceIdOf(TestId.Parse(whole.Test)).ToHexString());

        // From a slow bucket to the test.
        var exemplars = await prometheus.ExemplarsAsync("monitoring_test_round_trip_seconds_bucket");
        Assert.Contains(exemplars, e => TestId.TryParse(e.GetValueOrDefault("test_id"), out var test) && test.TryGetDay(out _));
    }

    // Of an alert the expression is empty while all is well; what it reads must be there.
    private static IEnumerable<string> Wanted(string orchestrator) =>
        Dashboards.All().SelectMany(d => Dashboards.Panels(d.Board)).SelectMany(Dashboards.Expressions).Select(e => e
                .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
                .Replace("$region", ".*", StringComparison.Ordinal)
                .Replace("$orchestrator", orchestrator, StringComparison.Ordinal))
            .Concat(Dashboards.Rules().Where(r => !r.IsAlert).Select(r => r.Name))
            .Concat(Dashboards.Rules().SelectMany(r => Dashboards.Metrics(r.Expression)));

    private static async Task<IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, double Value)>> UntilSomeAsync(PrometheusServer prometheus, string expression, CancellationToken limit)
    {
        while (true)
        {
            var found = await prometheus.QueryAsync(expression);
            if (found.Count > 0) return found;
            await Task.Delay(TimeSpan.FromSeconds(1), limit);
        }
    }

    private static async Task<WebApplication> HostWithWalletAsync(Budget budget, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IHostGauges>(new WalletGauges(() => Funded.Funds.Deposit, () => Funded.Funds.ReserveFundsRemaining, () => budget.Total, Caps));
        builder.Services.AddMonitoringTelemetry(new TelemetrySettings());
        var app = builder.Build();
        app.MapMetrics();
        app.MapPost("/rpc", () => Microsoft.AspNetCore.Http.Results.StatusCode(503));
        await app.StartAsync(cancellationToken);
        return app;
    }

    // An endpoint that fails is an exchange all the same.
    private static Task<ChainException> AskAsync(WebApplication payer) => Assert.ThrowsAsync<ChainException>(() => EthereumChain.ConnectAsync(
        new ChainOptions { Endpoints = [new Uri(AddressOf(payer), "/rpc")], Retries = 0 }, TimeProvider.System, CancellationToken.None));

    private static Uri AddressOf(WebApplication app) => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
}
