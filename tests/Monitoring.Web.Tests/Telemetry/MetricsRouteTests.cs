using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Monitoring.Web.Tests.Telemetry;

[Collection(OneMeter.Name)]
public sealed class MetricsRouteTests
{
    private static readonly HttpClient Client = new();

    [Fact]
    public async Task Metrics_are_fetched_as_text_or_as_OpenMetrics()
    {
        await using var app = await StartAsync(new TelemetrySettings());
        using var plain = await GetAsync(app, null);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", plain.Content.Headers.ContentType!.ToString());
        var text = await plain.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\nmonitoring_queue_depth{region=\"FRA\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("\nmonitoring_leases{region=\"FRA\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("\nmonitoring_region_last_seen_age_seconds{region=\"FRA\"} 30\n", text, StringComparison.Ordinal);
        Assert.Contains("\nmonitoring_region_last_seen_age_seconds{region=\"MDW\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("\nmonitoring_region_anomaly_ratio{region=\"MDW\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("\nmonitoring_store_writable_ratio 0\n", text, StringComparison.Ordinal);
        Assert.Contains("\nmonitoring_replay_outcomes 11\n", text, StringComparison.Ordinal);

        using var open = await GetAsync(app, "application/openmetrics-text; version=1.0.0");
        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", open.Content.Headers.ContentType!.ToString());
        Assert.EndsWith("\n# EOF\n", await open.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_does_not_answer_is_shown_until_he_answers_and_no_more_than_two_hundred()
    {
        var hub = new Hub();
        hub.Current = hub.Current with { Failing = [.. Enumerable.Range(1, 250).Select(n => new HubFailingSight(Sample.Orch(n), RegionId.Parse("FRA"), n))] };
        await using var app = await StartAsync(new TelemetrySettings(), hub);
        var text = await TextAsync(app);
        Assert.Equal(200, System.Text.RegularExpressions.Regex.Count(text, "^monitoring_liveness_failures\\{", System.Text.RegularExpressions.RegexOptions.Multiline));
        Assert.Contains("\nmonitoring_liveness_failing 250\n", text, StringComparison.Ordinal);

        hub.Current = hub.Current with { Failing = [new HubFailingSight(Sample.Orch(7), RegionId.Parse("FRA"), 8)] };
        await TextAsync(app);
        text = await TextAsync(app);
        Assert.Contains($"\nmonitoring_liveness_failures{{orchestrator=\"{Sample.Orch(7)}\",region=\"FRA\"}} 8\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Sample.Orch(6).Text, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_runbooks_of_alerts_are_served_with_the_version_that_runs()
    {
        await using var app = await StartAsync(new TelemetrySettings());
        using var runbook = await GetAsync(app, null, "/runbooks/OrchestratorDown.md");
        Assert.StartsWith("# OrchestratorDown\n", await runbook.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var none = await GetAsync(app, null, "/runbooks/..%2fMonitoring.Web.csproj");
        Assert.Equal(404, (int)none.StatusCode);
    }

    [Fact]
    public async Task Switched_off_there_is_nothing_to_fetch()
    {
        await using var app = await StartAsync(new TelemetrySettings { Enabled = false });
        using var answer = await GetAsync(app, null);
        Assert.Equal(404, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("/metrics", 404, 200)]
    [InlineData("/METRICS/", 404, 200)]
    [InlineData("/%6detrics", 404, 200)]
    [InlineData("/runbooks/FloatLow.md", 200, 200)]
    [InlineData("/livez", 200, 404)]
    [InlineData("/nothing", 404, 404)]
    public async Task Metrics_with_an_address_of_their_own_are_answered_there_alone(string path, int elsewhere, int there)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0);
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, MetricsAddresses.Mark);
        });
        builder.Services.AddSingleton<TimeProvider>(new SetClock { Now = Sample.Now });
        builder.Services.AddMonitoringTelemetry(new TelemetrySettings());
        await using var app = builder.Build();
        app.UseRouting();
        app.UseMetricsAddresses();
        app.MapMetrics();
        app.MapGet("/livez", context => Task.CompletedTask);
        await app.StartAsync(TestContext.Current.CancellationToken);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a)).ToList();
        Assert.Equal((elsewhere, there), (await StatusAsync(addresses[0], addresses[1]), await StatusAsync(addresses[1], addresses[1])));

        // A name that the client makes up leads nowhere else.
        async Task<int> StatusAsync(Uri to, Uri named)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(to.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
            request.Headers.Host = named.Authority;
            request.Headers.TryAddWithoutValidation("X-Forwarded-Host", named.Authority);
            using var answer = await Client.SendAsync(request, TestContext.Current.CancellationToken);
            return (int)answer.StatusCode;
        }
    }

    private static async Task<HttpResponseMessage> GetAsync(WebApplication app, string? accept, string path = "/metrics")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + path);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<string> TextAsync(WebApplication app)
    {
        using var answer = await GetAsync(app, null);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<WebApplication> StartAsync(TelemetrySettings settings, Hub? hub = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(new SetClock { Now = Sample.Now });
        builder.Services.AddSingleton<ILeaderboard>(new Board());
        builder.Services.AddSingleton<IHubStatus>(hub ?? new Hub());
        builder.Services.AddMonitoringTelemetry(settings);
        var app = builder.Build();
        app.MapMetrics();
        await app.StartAsync();
        return app;
    }

    private sealed class Hub : IHubStatus
    {
        public HubStatus Current { get; set; } = new(
            [
                new HubRegionStatus(RegionId.Parse("FRA"), 3, 2, Sample.Now.AddSeconds(-30), IsAnomalous: false),
                new HubRegionStatus(RegionId.Parse("MDW"), 0, 0, null, IsAnomalous: true),
            ],
            Enrolled: 7,
            IsStoring: false,
            Replayed: 11);
    }
}
