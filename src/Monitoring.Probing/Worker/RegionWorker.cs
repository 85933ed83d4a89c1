using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Monitoring.Storage;
using Polly;
using Polly.Retry;
using Outcome = Monitoring.Core.Outcome;

namespace Monitoring.Probing;

/// <summary>
/// A region at work: leases as many jobs as it has free workers, starts each at its planned instant and none too late, spools every
/// result before it reports it, and deletes it when the hub has acknowledged it. It survives kill -9 at any instant: a result that was
/// spooled is reported after the restart, a test that was not is the hub's "not run".
/// </summary>
public sealed partial class RegionWorker : IDisposable
{
    private readonly RegionWorkerOptions _options;
    private readonly IHub _hub;
    private readonly IStreamTester _tester;
    private readonly ISpool<TestResult> _spool;
    private readonly IOwnHealth _health;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _freeWorkers;
    private readonly SemaphoreSlim _spooled = new(0);
    private readonly ResiliencePipeline _untilHubAnswers;

    /// <summary>Creates the worker; <see cref="RunAsync"/> starts it.</summary>
    public RegionWorker(
        RegionWorkerOptions options, IHub hub, IStreamTester tester, ISpool<TestResult> spool, IOwnHealth health, TimeProvider time, ILogger<RegionWorker> log)
    {
        _options = options;
        _hub = hub;
        _tester = tester;
        _spool = spool;
        _health = health;
        _time = time;
        _log = log;
        _freeWorkers = new SemaphoreSlim(options.Workers, options.Workers);
        _untilHubAnswers = new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<Exception>(e => e is not OperationCanceledException),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = options.RetryAfter,
            MaxDelay = TimeSpan.FromMinutes(1),
            OnRetry = a =>
            {
                LogHubFailed(_options.Region, a.RetryDelay, a.Outcome.Exception!.Message);
                return ValueTask.CompletedTask;
            },
        }).Build();
    }

    /// <summary>Works until asked to stop; returns when every test has ended and the spool was offered to the hub once more.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var cutShort = new CancellationTokenSource();
        using var endReports = new CancellationTokenSource();
        var reports = ReportAsync(endReports.Token);
        var tests = new HashSet<Task>();
        try
        {
            while (!stop.IsCancellationRequested)
            {
                tests.RemoveWhere(t => t.IsCompleted);
                var workers = await TakeWorkersAsync(stop);
                var jobs = await LeaseAsync(workers, stop);
                if (jobs.Length < workers) _freeWorkers.Release(workers - jobs.Length);
                foreach (var job in jobs) tests.Add(WorkAsync(job, stop, cutShort.Token));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }

        cutShort.CancelAfter(_options.StopGrace);
        await Task.WhenAll(tests);
        if (_spool.Count == 0) endReports.CancelAfter(TimeSpan.Zero);
        else endReports.CancelAfter(_options.FlushGrace);
        _spooled.Release();
        await reports;
        if (_spool.Count > 0) LogLeftInSpool(_options.Region, _spool.Count);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _freeWorkers.Dispose();
        _spooled.Dispose();
    }

    private async Task<int> TakeWorkersAsync(CancellationToken stop)
    {
        // A full spool takes no more work, and drops none.
        while (_spool.IsFull)
        {
            LogSpoolFull(_options.Region, _spool.Count);
            await Task.Delay(TimeSpan.FromSeconds(5), _time, stop);
        }

        await _freeWorkers.WaitAsync(stop);
        var workers = 1;
        while (workers < _options.Workers && _freeWorkers.Wait(0, CancellationToken.None)) workers++;
        return workers;
    }

    private async Task<ImmutableArray<TestJob>> LeaseAsync(int workers, CancellationToken stop)
    {
        try
        {
            return await _untilHubAnswers.ExecuteAsync(
                async token => await _hub.LeaseAsync(_options.Region, workers, _options.LeaseWait, token), stop);
        }
        catch
        {
            _freeWorkers.Release(workers);
            throw;
        }
    }

    private async Task WorkAsync(TestJob job, CancellationToken stop, CancellationToken cutShort)
    {
        try
        {
            var reason = await WaitForStartAsync(job, stop);
            if (reason is { } notRun)
            {
                await ReturnAsync(job, notRun, cutShort);
                return;
            }

            var result = await TestAsync(job, cutShort);
            await _spool.AddAsync(job.Id, result, CancellationToken.None);
            LogTested(job.Id, job.Orchestrator, result.Outcome.Code, result.Summary.Sums.Received, result.Summary.Sums.Expected);
            _spooled.Release();
        }
        catch (StorageFullException e)
        {
            // The hub will say "not run": better no result than one that a crash could lose after it was counted.
            LogNotSpooled(job.Id, e.Message);
            await ReturnAsync(job, OutcomeCode.SpoolFull, cutShort);
        }
        catch (Exception e)
        {
            LogWorkerFailed(job.Id, e);
        }
        finally
        {
            _freeWorkers.Release();
        }
    }

    /// <summary>Waits for the planned instant; answers why the test must not start, or null when it may.</summary>
    private async Task<OutcomeCode?> WaitForStartAsync(TestJob job, CancellationToken stop)
    {
        try
        {
            var wait = job.NotBefore - _time.GetUtcNow();
            if (wait > TimeSpan.Zero) await Task.Delay(wait, _time, stop);
            if (stop.IsCancellationRequested) return OutcomeCode.ShuttingDown;
        }
        catch (OperationCanceledException)
        {
            return OutcomeCode.ShuttingDown;
        }

        // A process that was frozen, or a worker that came free too late, starts nothing stale.
        return _time.GetUtcNow() > job.NotAfter ? OutcomeCode.NoWorker : null;
    }

    private async Task<TestResult> TestAsync(TestJob job, CancellationToken cutShort)
    {
        var before = await _health.CheckAsync(fresh: false, CancellationToken.None);
        if (before.Fault is { } unfit) return Void(job, new Outcome(unfit, before.Detail));
        if (_time.GetUtcNow() > job.NotAfter) return Void(job, new Outcome(OutcomeCode.OurOverload, "our own health check took until after the last moment to start"));

        TestResult result;
        try
        {
            result = await _tester.RunAsync(job, cutShort);
        }
        catch (Exception e)
        {
            LogTesterFailed(job.Id, e);
            return Void(job, new Outcome(OutcomeCode.OurFault, Outcome.Clean($"{e.GetType().Name}: {e.Message}")));
        }

        // Before an orchestrator is charged we ask whether it was us.
        if (result.Outcome.Class != OutcomeClass.Fault) return result;
        var after = await _health.CheckAsync(fresh: true, CancellationToken.None);
        return after.Fault is { } ours ? result with { Outcome = new Outcome(ours, Outcome.Clean($"{after.Detail} (the test itself said {result.Outcome})")) } : result;
    }

    private TestResult Void(TestJob job, Outcome outcome) => new()
    {
        Id = job.Id,
        Orchestrator = job.Orchestrator,
        Region = job.Region,
        PlannedAt = job.NotBefore,
        Outcome = outcome,
        Summary = new TestSummary { StartedAt = _time.GetUtcNow(), Method = "", Sums = default, Averages = default, ServiceUri = job.ServiceUri },
    };

    private async Task ReturnAsync(TestJob job, OutcomeCode reason, CancellationToken cancellationToken)
    {
        try
        {
            await _hub.ReturnAsync(_options.Region, job.Id, reason, cancellationToken);
            LogReturned(job.Id, reason);
        }
        catch (Exception e)
        {
            // The hub's own deadline says the same a little later.
            LogHubFailed(_options.Region, TimeSpan.Zero, e.Message);
        }
    }

    private async Task ReportAsync(CancellationToken end)
    {
        try
        {
            while (!end.IsCancellationRequested)
            {
                var waiting = await _spool.PeekAsync(32, end);
                if (waiting.Count == 0)
                {
                    await _spooled.WaitAsync(end);
                    continue;
                }

                foreach (var (id, result) in waiting)
                {
                    var answer = await _untilHubAnswers.ExecuteAsync(async token => await _hub.ReportAsync(result, token), end);
                    if (!answer.Accepted) LogRefused(id, answer.Reason);
                    await _spool.RemoveAsync(id, CancellationToken.None);
                }
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
        }
    }

    [LoggerMessage(3001, LogLevel.Information, "Tested {Test} of {Orchestrator}: {Code}, {Received} of {Expected} renditions")]
    private partial void LogTested(TestId test, OrchestratorId orchestrator, OutcomeCode code, long received, long expected);

    [LoggerMessage(3002, LogLevel.Warning, "{Region}: the hub did not answer; trying again in {Delay}: {Why}")]
    private partial void LogHubFailed(RegionId region, TimeSpan delay, string why);

    [LoggerMessage(3003, LogLevel.Error, "{Region}: the spool is full with {Count} results; no more work is leased until the hub has taken some")]
    private partial void LogSpoolFull(RegionId region, int count);

    [LoggerMessage(3004, LogLevel.Error, "The result of {Test} could not be spooled and is given up: {Why}")]
    private partial void LogNotSpooled(TestId test, string why);

    [LoggerMessage(3005, LogLevel.Error, "The worker of {Test} failed")]
    private partial void LogWorkerFailed(TestId test, Exception e);

    [LoggerMessage(3006, LogLevel.Error, "The tester failed on {Test}; the test is void")]
    private partial void LogTesterFailed(TestId test, Exception e);

    [LoggerMessage(3007, LogLevel.Information, "Gave {Test} back: {Reason}")]
    private partial void LogReturned(TestId test, OutcomeCode reason);

    [LoggerMessage(3008, LogLevel.Warning, "The hub refused the result of {Test}: {Reason}")]
    private partial void LogRefused(TestId test, string reason);

    [LoggerMessage(3009, LogLevel.Warning, "{Region}: {Count} results stay spooled and are reported at the next start")]
    private partial void LogLeftInSpool(RegionId region, int count);
}
