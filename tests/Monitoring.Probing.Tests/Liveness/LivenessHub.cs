using System.Collections.Concurrent;
using System.Threading.Channels;
using Monitoring.Core;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Probing.Tests.Liveness;

/// <summary>A hub that gives the orders of the test and keeps what it is told; and the orchestrators, who answer as the test says.</summary>
internal sealed class LivenessHub : IHub, ILivenessProbe, IOwnHealth
{
    public static readonly RegionId Fra = RegionId.Parse("FRA");
    private readonly Channel<LivenessOrders> _orders = Channel.CreateUnbounded<LivenessOrders>();
    private readonly Channel<LivenessReport> _reports = Channel.CreateUnbounded<LivenessReport>();
    private readonly Channel<string> _asked = Channel.CreateUnbounded<string>();
    private readonly Channel<int> _failures = Channel.CreateUnbounded<int>();
    private int _healthChecks;

    /// <summary>What each address answers; who is not in it answers.</summary>
    public ConcurrentDictionary<string, LivenessAnswer> Answers { get; } = new();

    public OwnHealthReport Health { get; set; } = OwnHealthReport.Well;

    public int HealthChecks => Volatile.Read(ref _healthChecks);

    /// <summary>Thrown at every report while it is set.</summary>
    public volatile Exception? Down;

    public static OrchestratorId Orchestrator(int n) => OrchestratorId.Parse($"0x{n:x40}");

    public static LivenessTarget Target(int n) => new(Orchestrator(n), $"https://o{n}.example:8935");

    public void Order(LivenessOrders orders) => _orders.Writer.TryWrite(orders);

    public async Task<LivenessReport> NextReportAsync() => await _reports.Reader.ReadAsync(Soon());

    /// <summary>The next address that was dialled.</summary>
    public async Task<string> NextAskedAsync() => await _asked.Reader.ReadAsync(Soon());

    public bool HasAsked => _asked.Reader.TryPeek(out _);

    public bool HasReport => _reports.Reader.TryPeek(out _);

    public async Task NextFailureAsync() => await _failures.Reader.ReadAsync(Soon());

    public Task<LivenessAnswer> AskAsync(string serviceUri, CancellationToken cancellationToken)
    {
        _asked.Writer.TryWrite(serviceUri);
        return Task.FromResult(Answers.GetValueOrDefault(serviceUri, new LivenessAnswer(true, OutcomeCode.Completed)));
    }

    public Task<OwnHealthReport> CheckAsync(bool fresh, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _healthChecks);
        return Task.FromResult(Health);
    }

    public Task HealthAsync(RegionId region, RegionVitals vitals, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task LivenessAsync(RegionId region, LivenessReport report, CancellationToken cancellationToken)
    {
        if (Down is { } down)
        {
            _failures.Writer.TryWrite(0);
            throw down;
        }

        _reports.Writer.TryWrite(report);
        return Task.CompletedTask;
    }

    public async Task<LivenessOrders> LivenessOrdersAsync(RegionId region, long known, TimeSpan wait, CancellationToken cancellationToken) =>
        await _orders.Reader.ReadAsync(cancellationToken);

    public Task<ImmutableArray<TestJob>> LeaseAsync(RegionId region, int workers, TimeSpan wait, CancellationToken cancellationToken, bool unpaid = false) => throw new NotSupportedException();

    public Task<bool> ExtendAsync(RegionId region, TestId test, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ReturnAsync(RegionId region, TestId test, OutcomeCode reason, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ReportAnswer> ReportAsync(TestResult result, CancellationToken cancellationToken) => throw new NotSupportedException();

    private static CancellationToken Soon() => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;
}
