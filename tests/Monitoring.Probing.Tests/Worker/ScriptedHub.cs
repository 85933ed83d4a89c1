using System.Collections.Concurrent;
using System.Threading.Channels;
using Monitoring.Core;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Probing.Tests.Worker;

/// <summary>A hub whose every answer the test gives, and that writes down what it is told.</summary>
internal sealed class ScriptedHub : IHub
{
    private readonly ConcurrentQueue<TestJob> _jobs = new();
    private readonly Channel<int> _leases = Channel.CreateUnbounded<int>();
    private readonly Channel<TestResult> _reports = Channel.CreateUnbounded<TestResult>();
    private readonly Channel<(TestId Test, OutcomeCode Reason)> _returns = Channel.CreateUnbounded<(TestId, OutcomeCode)>();
    private readonly Channel<int> _failures = Channel.CreateUnbounded<int>();
    private volatile TaskCompletionSource _more = New();

    /// <summary>Thrown at every call while it is set.</summary>
    public volatile Exception? Down;

    /// <summary>The answer to reports.</summary>
    public Func<TestResult, Task<ReportAnswer>> OnReport { get; set; } = _ => Task.FromResult(new ReportAnswer(true, ""));

    public void Offer(params TestJob[] jobs)
    {
        foreach (var job in jobs) _jobs.Enqueue(job);
        Interlocked.Exchange(ref _more, New()).TrySetResult();
    }

    /// <summary>The workers of the next lease call.</summary>
    public ValueTask<int> NextLeaseAsync() => _leases.Reader.ReadAsync(Soon());

    /// <summary>The next report that was accepted or refused.</summary>
    public ValueTask<TestResult> NextReportAsync() => _reports.Reader.ReadAsync(Soon());

    public ValueTask<(TestId Test, OutcomeCode Reason)> NextReturnAsync() => _returns.Reader.ReadAsync(Soon());

    /// <summary>The next call that found the hub down.</summary>
    public ValueTask<int> NextFailureAsync() => _failures.Reader.ReadAsync(Soon());

    public bool HasLease => _leases.Reader.TryPeek(out _);

    public bool HasReport => _reports.Reader.TryPeek(out _);

    public async Task<ImmutableArray<TestJob>> LeaseAsync(RegionId region, int workers, TimeSpan wait, CancellationToken cancellationToken, bool unpaid = false)
    {
        _leases.Writer.TryWrite(workers);
        while (true)
        {
            Fail();
            var more = _more;
            var jobs = ImmutableArray.CreateBuilder<TestJob>();
            while (jobs.Count < workers && _jobs.TryDequeue(out var job)) jobs.Add(job);
            if (jobs.Count > 0) return jobs.ToImmutable();
            await more.Task.WaitAsync(cancellationToken);
        }
    }

    public Task LivenessAsync(RegionId region, LivenessReport report, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task HealthAsync(RegionId region, RegionVitals vitals, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<LivenessOrders> LivenessOrdersAsync(RegionId region, long known, TimeSpan wait, CancellationToken cancellationToken) => Task.FromResult(new LivenessOrders());

    public Task<bool> ExtendAsync(RegionId region, TestId test, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task ReturnAsync(RegionId region, TestId test, OutcomeCode reason, CancellationToken cancellationToken)
    {
        // As over a network: nothing is sent for a call that is cancelled before it begins.
        cancellationToken.ThrowIfCancellationRequested();
        Fail();
        _returns.Writer.TryWrite((test, reason));
        return Task.CompletedTask;
    }

    public async Task<ReportAnswer> ReportAsync(TestResult result, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Fail();
        var answer = await OnReport(result).WaitAsync(cancellationToken);
        _reports.Writer.TryWrite(result);
        return answer;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Soon() => RegionUnderTest.Soon();

    private void Fail()
    {
        if (Down is not { } down) return;
        _failures.Writer.TryWrite(0);
        throw down;
    }
}
