using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Polly;
using Polly.Retry;

namespace Monitoring.Probing;

/// <summary>
/// A region's watch over who lives: a loop of its own with its own workers, beside the tests. Whom to check it learns from the hub; a change it
/// tells at once together with all that is untold, the rest in summaries. Whoever does not answer while the region itself is not well is
/// not told of at all: that is no evidence.
/// </summary>
public sealed partial class LivenessLoop
{
    private readonly LivenessOptions _options;
    private readonly IHub _hub;
    private readonly ILivenessProbe _probe;
    private readonly IOwnHealth _health;
    private readonly Func<OrchestratorId, bool> _isUnderTest;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly LivenessTurns _turns = new();
    private readonly UntoldChecks _untold;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Channel<bool> _tell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ResiliencePipeline _untilHubAnswers;
    private long _answeredAt;
    private int _controlsWell;

    /// <summary>Creates the loop; <see cref="RunAsync"/> starts it.</summary>
    /// <param name="options">How it works.</param>
    /// <param name="hub">Its hub.</param>
    /// <param name="probe">Asks the orchestrators.</param>
    /// <param name="health">Tells whether the region itself is well.</param>
    /// <param name="isUnderTest">True while this region tests an orchestrator: then it is not checked (<see cref="TestsUnderWay"/>).</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where it tells of changes.</param>
    public LivenessLoop(LivenessOptions options, IHub hub, ILivenessProbe probe, IOwnHealth health, Func<OrchestratorId, bool> isUnderTest, TimeProvider time, ILogger<LivenessLoop> log)
    {
        _options = options;
        _hub = hub;
        _probe = probe;
        _health = health;
        _isUnderTest = isUnderTest;
        _time = time;
        _log = log;
        _untold = new UntoldChecks(options.MostKept);
        _answeredAt = time.GetTimestamp();
        _untilHubAnswers = new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<Exception>(e => e is not OperationCanceledException and not ArgumentException),
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

    /// <summary>Works until asked to stop. Checks that are untold then are lost; they were in no hurry.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await Task.WhenAll(HearOrdersAsync(stop), CheckAsync(stop), TellAsync(stop), SummariseAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task HearOrdersAsync(CancellationToken stop)
    {
        long version = 0;
        while (true)
        {
            var known = version;
            var orders = await _untilHubAnswers.ExecuteAsync(
                async token => await _hub.LivenessOrdersAsync(_options.Region, known, _options.OrdersWait, token), stop);
            version = orders.Version;
            _turns.Obey(orders, _time.GetUtcNow());
            _wake.Writer.TryWrite(true);
        }
    }

    private async Task CheckAsync(CancellationToken stop)
    {
        var wakeUp = new WakeUp<bool>(_wake.Reader, _time);
        using var free = new SemaphoreSlim(_options.AtOnce, _options.AtOnce);
        var checks = new HashSet<Task>();
        try
        {
            while (true)
            {
                await free.WaitAsync(stop);
                checks.RemoveWhere(c => c.IsCompleted);
                if (_turns.Take(_time.GetUtcNow(), out var next) is { } target)
                {
                    checks.Add(CheckAsync(target, free, stop));
                    continue;
                }

                free.Release();
                var limit = next - _time.GetUtcNow() ?? Timeout.InfiniteTimeSpan;
                if (limit > TimeSpan.Zero || limit == Timeout.InfiniteTimeSpan) await wakeUp.WaitAsync(limit, stop);
                _wake.Reader.TryRead(out _);
            }
        }
        finally
        {
            await Task.WhenAll(checks);
        }
    }

    private async Task CheckAsync(LivenessTarget target, SemaphoreSlim free, CancellationToken stop)
    {
        bool? alive = null;
        try
        {
            if (_isUnderTest(target.Orchestrator)) return;
            var began = _time.GetTimestamp();
            var at = _time.GetUtcNow();
            var answer = await _probe.AskAsync(target.ServiceUri, stop);
            if (answer.Alive) Volatile.Write(ref _answeredAt, _time.GetTimestamp());
            else if (await IsOursAsync(began, answer.Code, stop)) return;
            alive = answer.Alive;
            _untold.Add(new LivenessCheck(target.Orchestrator, at, answer.Alive, answer.Code));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            LogCheckFailed(target.Orchestrator, e);
        }
        finally
        {
            var (changed, ordered) = _turns.Done(target.Orchestrator, alive);
            if (changed) LogChanged(target.Orchestrator, alive == true ? "answers" : "does not answer", _options.Region);
            if (changed || ordered || alive == false || _untold.Count >= _options.SummaryAt) _tell.Writer.TryWrite(true);
            free.Release();
        }
    }

    // Somebody else answered meanwhile, or else our controls are asked.
    private async Task<bool> IsOursAsync(long began, OutcomeCode code, CancellationToken stop)
    {
        if (OutcomeCodes.ClassOf(code) is OutcomeClass.Void or OutcomeClass.NotRun) return true;
        if (Volatile.Read(ref _answeredAt) > began) return false;
        var health = await _health.CheckAsync(fresh: true, stop);
        if (health.IsProven) Interlocked.Exchange(ref _controlsWell, 1);
        if (health.Fault is not { } fault) return false;
        LogOurs(_options.Region, fault, health.Detail);
        return true;
    }

    private async Task TellAsync(CancellationToken stop)
    {
        while (true)
        {
            await _tell.Reader.ReadAsync(stop);
            while (_untold.Peek() is { IsEmpty: false } checks)
            {
                try
                {
                    // That the controls were well while somebody did not answer belongs to what is told of him, and to nothing later.
                    bool? controlsWell = Interlocked.Exchange(ref _controlsWell, 0) == 1 ? true : null;
                    var report = new LivenessReport { Checks = checks, ControlsWell = controlsWell };
                    await _untilHubAnswers.ExecuteAsync(async token => await _hub.LivenessAsync(_options.Region, report, token), stop);
                }
                catch (ArgumentException e)
                {
                    LogRefused(_options.Region, checks.Length, e.Message);
                }

                _untold.Told(checks);
            }
        }
    }

    private async Task SummariseAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(_options.SummaryEvery, _time, stop);
            _tell.Writer.TryWrite(true);
        }
    }

    [LoggerMessage(3201, LogLevel.Information, "{Orchestrator} {What} in {Region}")]
    private partial void LogChanged(OrchestratorId orchestrator, string what, RegionId region);

    [LoggerMessage(3202, LogLevel.Warning, "A check from {Region} is no evidence, for the region is not well: {Fault}: {Detail}")]
    private partial void LogOurs(RegionId region, OutcomeCode fault, string detail);

    [LoggerMessage(3203, LogLevel.Warning, "The hub did not answer {Region}'s liveness loop; again in {After}: {Why}")]
    private partial void LogHubFailed(RegionId region, TimeSpan after, string why);

    [LoggerMessage(3204, LogLevel.Error, "The hub refused {Count} checks of {Region}: {Why}")]
    private partial void LogRefused(RegionId region, int count, string why);

    [LoggerMessage(3205, LogLevel.Error, "The check of {Orchestrator} broke off")]
    private partial void LogCheckFailed(OrchestratorId orchestrator, Exception e);
}
