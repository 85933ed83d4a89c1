using System.Collections.Concurrent;
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
    private static readonly TimeSpan SpoolRetry = TimeSpan.FromSeconds(5);
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
    private readonly RegionGauges.Reading _reading;
    private readonly ConcurrentDictionary<TestId, byte> _underWay = new();
    private volatile bool _isEnding;

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
                RegionGauges.HubFailed(_options.Region);
                LogHubFailed(_options.Region, a.RetryDelay, a.Outcome.Exception!.Message);
                return ValueTask.CompletedTask;
            },
        }).Build();
        _reading = new RegionGauges.Reading(() => Busy, options.Workers, () => _spool.Count);
        RegionGauges.Show(options.Region, _reading);
    }

    /// <summary>Works until asked to stop; returns when every test has ended and the spool was offered to the hub once more.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var cutShort = new CancellationTokenSource();
        using var giveUp = new CancellationTokenSource();
        var reports = ReportAsync(giveUp.Token);
        var tests = new HashSet<Task>();
        try
        {
            while (!stop.IsCancellationRequested)
            {
                tests.RemoveWhere(t => t.IsCompleted);
                var workers = await TakeWorkersAsync(stop);
                var jobs = await LeaseAsync(workers, stop);

                // One that is under way here is not begun twice, whatever a hub that has just come to life believes.
                var begun = 0;
                foreach (var job in jobs)
                {
                    if (!_underWay.TryAdd(job.Id, 0))
                    {
                        LogTwice(job.Id);
                        continue;
                    }

                    begun++;
                    tests.Add(WorkAsync(job, stop, cutShort.Token, giveUp.Token));
                }

                if (begun < workers) _freeWorkers.Release(workers - begun);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }

        using var grace = After(_options.StopGrace, cutShort);
        using var flush = After(_options.StopGrace + _options.FlushGrace, giveUp);
        await Task.WhenAll(tests);
        _isEnding = true;
        _spooled.Release();
        await reports;
        if (_spool.Count > 0) LogLeftInSpool(_options.Region, _spool.Count);
    }

    /// <summary>Workers that are at a test, or wait for its planned instant.</summary>
    public int Busy => _underWay.Count;

    /// <inheritdoc />
    public void Dispose()
    {
        RegionGauges.Hide(_options.Region, _reading);
        _freeWorkers.Dispose();
        _spooled.Dispose();
    }

    private ITimer After(TimeSpan span, CancellationTokenSource source)
    {
        if (span <= TimeSpan.Zero) source.Cancel();
        return _time.CreateTimer(_ => Cancel(source), null, span <= TimeSpan.Zero ? Timeout.InfiniteTimeSpan : span, Timeout.InfiniteTimeSpan);
    }

    // The timer may fire in the very moment in which everything has ended and the source is gone.
    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private async Task<int> TakeWorkersAsync(CancellationToken stop)
    {
        await _freeWorkers.WaitAsync(stop);
        try
        {
            // A full spool takes no more work, and drops none.
            while (_spool.IsFull)
            {
                LogSpoolFull(_options.Region, _spool.Count);
                await Task.Delay(SpoolRetry, _time, stop);
            }
        }
        catch
        {
            _freeWorkers.Release();
            throw;
        }

        var workers = 1;
        while (workers < _options.Workers && _freeWorkers.Wait(0, CancellationToken.None)) workers++;
        return workers;
    }

    private async Task<ImmutableArray<TestJob>> LeaseAsync(int workers, CancellationToken stop)
    {
        try
        {
            return await _untilHubAnswers.ExecuteAsync(
                async token => await _hub.LeaseAsync(_options.Region, workers, _options.LeaseWait, token, _options.Unpaid), stop);
        }
        catch
        {
            _freeWorkers.Release(workers);
            throw;
        }
    }

    private async Task WorkAsync(TestJob job, CancellationToken stop, CancellationToken cutShort, CancellationToken giveUp)
    {
        try
        {
            var reason = await WaitForStartAsync(job, stop);
            if (reason is { } notRun)
            {
                await ReturnAsync(job, notRun, giveUp);
                return;
            }

            TestMetrics.Begun(job, _time.GetUtcNow());
            var span = TestTrace.Start("test", job.Id, job.Orchestrator, job.Region);
            var result = await TestAsync(job, cutShort) with { Lease = job.Lease };
            TestMetrics.Ended(result, span);
            SegmentEvents.Add(span, result);
            TestTrace.End(span, result.Outcome);
            if (await SpoolAsync(job, result, stop))
            {
                LogTested(job.Id, job.Orchestrator, result.Outcome.Code, result.Summary.Sums.Received, result.Summary.Sums.Expected);
                _spooled.Release();
                return;
            }

            await ReturnAsync(job, OutcomeCode.SpoolFull, giveUp);
        }
        catch (Exception e)
        {
            LogWorkerFailed(job.Id, e);
        }
        finally
        {
            _underWay.TryRemove(job.Id, out _);
            _freeWorkers.Release();
        }
    }

    /// <summary>
    /// Spools a result. While the spool takes none its worker keeps it and is not free for another; asked to stop it gives the result up:
    /// better none than one that a crash could lose after it was counted.
    /// </summary>
    private async Task<bool> SpoolAsync(TestJob job, TestResult result, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await _spool.AddAsync(job.Id, result, CancellationToken.None);
                return true;
            }
            catch (StorageFullException e) when (!stop.IsCancellationRequested)
            {
                LogSpoolRefused(job.Id, SpoolRetry, e.Message);
            }
            catch (StorageFullException e)
            {
                LogNotSpooled(job.Id, e.Message);
                return false;
            }

            try
            {
                await Task.Delay(SpoolRetry, _time, stop);
            }
            catch (OperationCanceledException)
            {
                // Once more, for the hub may have taken some meanwhile.
            }
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
        TestResult? measured = null;
        try
        {
            var before = await _health.CheckAsync(fresh: false, cutShort);
            OwnHealthGauge.Seen(job.Region, before);
            if (before.Fault is { } unfit) return Void(job, new Outcome(unfit, before.Detail));
            if (_time.GetUtcNow() > job.NotAfter) return Void(job, new Outcome(OutcomeCode.OurOverload, "our own health check took until after the last moment to start"));
            measured = await _tester.RunAsync(job, cutShort);

            // Before an orchestrator is charged we ask whether it was us.
            if (measured.Outcome.Class != OutcomeClass.Fault) return measured;
            var after = await _health.CheckAsync(fresh: true, cutShort);
            OwnHealthGauge.Seen(job.Region, after);
            return after.Fault is { } ours ? measured with { Outcome = new Outcome(ours, Outcome.Clean($"{after.Detail} (the test itself said {measured.Outcome})")) } : measured;
        }
        catch (OperationCanceledException) when (cutShort.IsCancellationRequested)
        {
            return Void(job, new Outcome(OutcomeCode.OurShutdown, "this region was stopped during the test"), measured);
        }
        catch (Exception e)
        {
            LogTesterFailed(job.Id, e);
            return Void(job, new Outcome(OutcomeCode.OurFault, Outcome.Clean($"{e.GetType().Name}: {e.Message}")), measured);
        }
    }

    // What was measured says what was spent, also where it no longer counts.
    private TestResult Void(TestJob job, Outcome outcome, TestResult? measured = null) => measured is not null ? measured with { Outcome = outcome } : new()
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
        TestMetrics.NotRun(job, reason);
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

    /// <summary>Reports what is spooled, oldest first, until told to give up, or until the end when nothing is left.</summary>
    private async Task ReportAsync(CancellationToken giveUp)
    {
        try
        {
            while (!giveUp.IsCancellationRequested)
            {
                try
                {
                    if (await ReportSomeAsync(giveUp)) continue;
                    if (_isEnding) return;
                    await _spooled.WaitAsync(giveUp);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // Whatever the disk says, results wait and are offered again: one that the hub has already is harmless.
                    LogSpoolUnusable(_options.Region, SpoolRetry, e.Message);
                    await Task.Delay(SpoolRetry, _time, giveUp);
                }
            }
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
        }
    }

    private async Task<bool> ReportSomeAsync(CancellationToken giveUp)
    {
        var waiting = await _spool.PeekAsync(32, giveUp);
        foreach (var (id, result) in waiting)
        {
            using var span = TestTrace.Start("report", id, result.Orchestrator, result.Region);
            var answer = await _untilHubAnswers.ExecuteAsync(async token => await _hub.ReportAsync(result, token), giveUp);
            if (!answer.Accepted) LogRefused(id, answer.Reason);
            if (answer.Accepted) TestTrace.End(span, result.Outcome);
            else TestTrace.Fail(span, answer.Reason);
            await _spool.RemoveAsync(id, CancellationToken.None);
        }

        return waiting.Count > 0;
    }
}
