using Microsoft.Extensions.Logging.Abstractions;
using Monitoring.Core;
using Monitoring.Storage;
using Monitoring.Testing;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Probing.Tests.Worker;

/// <summary>A region's worker on a virtual clock and a real spool, between a scripted hub and a scripted tester.</summary>
internal sealed class RegionUnderTest : IAsyncDisposable
{
    public static readonly RegionId Fra = RegionId.Parse("FRA");
    public static readonly DateTimeOffset Start = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private readonly Scratch _scratch = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly RegionWorker _worker;
    private readonly ISpool<TestResult> _spool;
    private readonly Task _running;

    public RegionUnderTest(int workers = 2, Func<ISpool<TestResult>, ISpool<TestResult>>? wrap = null, SpoolBounds? bounds = null, Action<RegionUnderTest>? prepare = null)
    {
        _spool = FileSpool.Open(SpoolFolder, SpoolFormat.TestResult, bounds ?? new SpoolBounds(), Time, null);
        if (wrap is not null) _spool = wrap(_spool);
        prepare?.Invoke(this);
        _worker = new RegionWorker(new RegionWorkerOptions { Region = Fra, Workers = workers }, Hub, Tester, _spool, Health, Time, NullLogger<RegionWorker>.Instance);
        _running = _worker.RunAsync(_stop.Token);
    }

    public VirtualTime Time { get; } = new(Start);

    public ScriptedHub Hub { get; } = new();

    public ScriptedTester Tester { get; } = new();

    public ScriptedHealth Health { get; } = new();

    public ISpool<TestResult> Spool => _spool;

    public string SpoolFolder => _scratch.At("spool");

    /// <summary>Long enough for any machine; only a test that fails waits for it.</summary>
    public static CancellationToken Soon() => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    public static TestJob Job(int n, TimeSpan startsIn = default) => new()
    {
        Id = TestId.Planned(new DateOnly(2026, 11, 20), n, Fra, Orchestrator(n)),
        Orchestrator = Orchestrator(n),
        Region = Fra,
        ServiceUri = "https://192.0.2.1:8935",
        NotBefore = Start + startsIn,
        NotAfter = Start + startsIn + TimeSpan.FromSeconds(5),
        Deadline = Start + startsIn + TimeSpan.FromSeconds(65),
    };

    public static TestResult Result(TestJob job, OutcomeCode code = OutcomeCode.Completed) => new()
    {
        Id = job.Id,
        Orchestrator = job.Orchestrator,
        Region = job.Region,
        PlannedAt = job.NotBefore,
        Outcome = new Outcome(code),
        Summary = new TestSummary
        {
            StartedAt = job.NotBefore,
            Method = TestMethod.StreamTest("clip1", 15, 1),
            Sums = code == OutcomeCode.Completed ? new ScoreSums(60, 60, 30_000_000, 15_000_000) : new ScoreSums(0, 60, 0, 0),
            Averages = new LegacyAverages(code == OutcomeCode.Completed ? 1 : 0, 2, 1),
        },
    };

    /// <summary>Moves the clock, a second at a time, until something is so.</summary>
    public async Task UntilAsync(Func<bool> condition, bool moveClock = true)
    {
        var soon = Soon();
        while (!condition())
        {
            soon.ThrowIfCancellationRequested();
            if (moveClock) Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    /// <summary>What becomes of a task while the clock is moved.</summary>
    public async Task<T> WhileTimePassesAsync<T>(Task<T> task)
    {
        await UntilAsync(() => task.IsCompleted);
        return await task;
    }

    public Task StopAsync()
    {
        _stop.Cancel();
        return _running.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Asks to stop and lets the clock run, for what waits until a grace is over.</summary>
    public async Task StopWhileTimePassesAsync()
    {
        await _stop.CancelAsync();
        await UntilAsync(() => _running.IsCompleted);
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await UntilAsync(() => _running.IsCompleted);
        _worker.Dispose();
        await _spool.DisposeAsync();
        _stop.Dispose();
        _scratch.Dispose();
    }

    private static OrchestratorId Orchestrator(int n) => OrchestratorId.Parse($"0x{n:x40}");
}
