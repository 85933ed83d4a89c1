using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Monitoring.Probing;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Web.Tests.Hub;

/// <summary>The hub endpoints on a real server on loopback, before a hub that a test scripts.</summary>
internal sealed class HubSiteUnderTest : IAsyncDisposable
{
    public static readonly RegionId Fra = RegionId.Parse("FRA");
    public static readonly RegionId Mdw = RegionId.Parse("MDW");
    private readonly WebApplication _app;
    private readonly List<IDisposable> _clients = [];

    private HubSiteUnderTest(WebApplication app, ScriptedHub hub, Keys keys, Refusals refusals, HubClockUnderTest clock)
    {
        (_app, Hub, Keys, Refusals, Clock) = (app, hub, keys, refusals, clock);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Http = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public ScriptedHub Hub { get; }

    public Keys Keys { get; }

    public Refusals Refusals { get; }

    /// <summary>The hub's clock.</summary>
    public HubClockUnderTest Clock { get; }

    public static async Task<HubSiteUnderTest> StartAsync()
    {
        var clock = new HubClockUnderTest { Now = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()) };
        var (hub, keys, refusals) = (new ScriptedHub(), new Keys(), new Refusals());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(k => k.Limits.MaxRequestBodySize = HubWire.MostRequestBytes + 1);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<IHub>(hub);
        builder.Services.AddSingleton<IRegionKeys>(keys);
        builder.Services.AddSingleton<IRegionRefusals>(refusals);
        builder.Services.AddMonitoringHub();
        var app = builder.Build();
        app.MapHub();
        await app.StartAsync();
        return new HubSiteUnderTest(app, hub, keys, refusals, clock);
    }

    /// <summary>A region with a key that the hub knows.</summary>
    public HttpsHub Region(RegionKey key, TimeProvider? time = null, HttpMessageHandler? handler = null)
    {
        Keys.Add(key);
        var client = new HttpsHub(Address, key, handler ?? new SocketsHttpHandler(), time ?? TimeProvider.System);
        _clients.Add(client);
        return client;
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        foreach (var client in _clients) client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>A clock that a test sets; time passes by it alone.</summary>
internal sealed class HubClockUnderTest : TimeProvider
{
    public DateTimeOffset Now { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Now.UtcTicks;
}

internal sealed class Keys : IRegionKeys
{
    private readonly ConcurrentDictionary<(RegionId, string), RegionIdentity> _keys = new();

    public void Add(RegionKey key, string? certificate = null) => _keys[(key.Region, key.Id)] = new RegionIdentity(key.Region, key.Id, [.. key.PublicKey()], certificate);

    public void Revoke(RegionKey key) => _keys.TryRemove((key.Region, key.Id), out _);

    public RegionIdentity? Find(RegionId region, string keyId) => _keys.GetValueOrDefault((region, keyId));
}

internal sealed class Refusals : IRegionRefusals
{
    private readonly ConcurrentQueue<(RegionId Region, RefusalKind Kind, string Reason)> _all = new();

    public IReadOnlyCollection<(RegionId Region, RefusalKind Kind, string Reason)> All => _all;

    public void Refused(RegionId region, RefusalKind kind, string reason) => _all.Enqueue((region, kind, reason));
}

/// <summary>A hub that writes down what it is asked and answers as a test says.</summary>
internal sealed class ScriptedHub : IHub
{
    public ConcurrentQueue<string> Asked { get; } = new();

    public ConcurrentQueue<TestResult> Reported { get; } = new();

    public ConcurrentQueue<LivenessReport> Alive { get; } = new();

    public ConcurrentQueue<RegionVitals> Vitals { get; } = new();

    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Func<RegionId, int, TimeSpan, CancellationToken, Task<ImmutableArray<TestJob>>> OnLease { get; set; } = (_, _, _, _) => Task.FromResult(ImmutableArray<TestJob>.Empty);

    public Func<TestResult, Task<ReportAnswer>> OnReport { get; set; } = _ => Task.FromResult(new ReportAnswer(true, ""));

    public LivenessOrders Orders { get; set; } = new();

    public Task<ImmutableArray<TestJob>> LeaseAsync(RegionId region, int workers, TimeSpan wait, CancellationToken cancellationToken, bool unpaid = false)
    {
        Asked.Enqueue($"lease {region} {workers} {wait.TotalSeconds}{(unpaid ? " unpaid" : "")}");
        Waiting.TrySetResult();
        return OnLease(region, workers, wait, cancellationToken);
    }

    public Task<bool> ExtendAsync(RegionId region, TestId test, CancellationToken cancellationToken)
    {
        Asked.Enqueue($"extend {region} {test}");
        return Task.FromResult(true);
    }

    public Task ReturnAsync(RegionId region, TestId test, OutcomeCode reason, CancellationToken cancellationToken)
    {
        Asked.Enqueue($"return {region} {test} {reason}");
        return Task.CompletedTask;
    }

    public Task<ReportAnswer> ReportAsync(TestResult result, CancellationToken cancellationToken)
    {
        Asked.Enqueue($"report {result.Region} {result.Id}");
        Reported.Enqueue(result);
        return OnReport(result);
    }

    public Task LivenessAsync(RegionId region, LivenessReport report, CancellationToken cancellationToken)
    {
        Asked.Enqueue($"liveness {region} {report.Checks.Length}");
        Alive.Enqueue(report);
        return Task.CompletedTask;
    }

    public Task<LivenessOrders> LivenessOrdersAsync(RegionId region, long known, TimeSpan wait, CancellationToken cancellationToken)
    {
        Asked.Enqueue($"orders {region} {known} {wait.TotalSeconds}");
        return Task.FromResult(Orders);
    }

    public Task HealthAsync(RegionId region, RegionVitals vitals, CancellationToken cancellationToken)
    {
        Asked.Enqueue($"health {region}");
        Vitals.Enqueue(vitals);
        return Task.CompletedTask;
    }
}

/// <summary>What regions and hub say to each other in tests.</summary>
internal static class Said
{
    public static TestJob Job(int n = 1, RegionId? region = null)
    {
        var orchestrator = OrchestratorId.Parse($"0x{n:x40}");
        var of = region ?? HubSiteUnderTest.Fra;
        var at = new DateTimeOffset(2026, 11, 20, 12, 0, n, 123, TimeSpan.Zero);
        return new TestJob
        {
            Id = TestId.Planned(new DateOnly(2026, 11, 20), n, of, orchestrator),
            Orchestrator = orchestrator,
            Region = of,
            ServiceUri = "https://192.0.2.1:8935",
            NotBefore = at,
            NotAfter = at.AddSeconds(29),
            Deadline = at.AddSeconds(89),
            Allowance = System.Numerics.BigInteger.Parse("123456789012345678901234567890", System.Globalization.CultureInfo.InvariantCulture),
            Lease = "1-2-3-seal",
        };
    }

    public static TestResult Result(TestJob job) => new()
    {
        Id = job.Id,
        Orchestrator = job.Orchestrator,
        Region = job.Region,
        PlannedAt = job.NotBefore,
        Outcome = new Outcome(OutcomeCode.Partial, "59 of 60"),
        Lease = job.Lease,
        Summary = new TestSummary
        {
            StartedAt = job.NotBefore,
            Elapsed = TimeSpan.FromSeconds(31),
            Method = TestMethod.StreamTest("clip1", 15, 1),
            Sums = new ScoreSums(59, 60, 28_000_000, 3_745_123),
            Averages = new LegacyAverages(0.98, 2, 0.26),
            SourceSegments = 15,
        },
        Evidence = new TestEvidence { DialledAddress = "192.0.2.1:8935" },
    };
}
