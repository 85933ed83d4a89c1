using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Storage;

namespace Monitoring.Probing;

/// <summary>One region of this process: its worker, its liveness loop, its spool and its controls.</summary>
public sealed class Region : IAsyncDisposable
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(30);
    private static readonly string Software = typeof(Region).Assembly.GetName().Version?.ToString(3) ?? "";

    private readonly RegionId _id;
    private readonly RegionSetup _setup;
    private readonly RegionWorker _worker;
    private readonly LivenessLoop _liveness;
    private readonly FileSpool<TestResult> _spool;
    private readonly ControlChecks _controls;
    private readonly IOwnHealth _health;
    private readonly Pulse _pulse;
    private readonly IHub _hub;
    private readonly HubClock? _clock;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _startedAt;

    /// <summary>Opens the region; <see cref="RunAsync"/> starts it.</summary>
    /// <param name="id">Which.</param>
    /// <param name="setup">How it tests.</param>
    /// <param name="paymaster">Pays its tests, or nobody does.</param>
    /// <param name="folder">Where its spool is.</param>
    /// <param name="hub">Its hub.</param>
    /// <param name="clock">What is known of the hub's clock; null where hub and region have the same.</param>
    /// <param name="time">Our clock.</param>
    /// <param name="logs">Where its log lines go.</param>
    /// <param name="onFault">Told of damage in the spool.</param>
    public Region(RegionId id, RegionSetup setup, IPaymaster paymaster, string folder, IHub hub, HubClock? clock, TimeProvider time, ILoggerFactory logs, Action<JournalFault> onFault)
    {
        _id = id;
        _setup = setup;
        _hub = hub;
        _clock = clock;
        _time = clock is null ? time : new HubTime(clock, time);
        _startedAt = _time.GetUtcNow();
        _spool = FileSpool.Open(folder, SpoolFormat.TestResult, new SpoolBounds { Items = setup.SpoolItems }, time, onFault);
        _controls = new ControlChecks(new ControlOptions { Controls = setup.Controls }, new SocketsHttpHandler(), time, logs.CreateLogger<ControlChecks>());
        _health = clock is null ? _controls : new HubClockHealth(_controls, clock);

        _pulse = new Pulse(_time);
        var tests = new TestsUnderWay(new SteadyTester(new RegionTester(setup.Tests.CreateTest(setup.AllowLoopback, paymaster, _time)), _pulse));
        _liveness = new LivenessLoop(
            new LivenessOptions { Region = id }, hub, new DiscoveryProbe(setup.Tests.CreateDiscovery(setup.AllowLoopback, paymaster, _time)), _health, tests.Has, _time, logs.CreateLogger<LivenessLoop>());
        _worker = new RegionWorker(
            new RegionWorkerOptions { Region = id, Workers = setup.Workers, Unpaid = paymaster is OffChainPaymaster }, hub, tests, _spool, _health, _time, logs.CreateLogger<RegionWorker>());
    }

    /// <summary>What somebody at the region should see to, beside what its controls say.</summary>
    public Func<IEnumerable<string>> Alarms { get; init; } = () => [];

    /// <summary>Works until asked to stop, and then until what was measured is reported, or spooled for the next start.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var telling = TellAsync(stop);
        var liveness = _liveness.RunAsync(stop);
        await _worker.RunAsync(stop);
        await liveness;
        await telling;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _worker.Dispose();
        _pulse.Dispose();
        _controls.Dispose();
        await _spool.DisposeAsync();
    }

    private async Task TellAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var health = await _health.CheckAsync(fresh: false, stop);
                OwnHealthGauge.Seen(_id, health);
                try
                {
                    await _hub.HealthAsync(_id, Vitals(health), stop);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // The worker says that the hub is away; what is told half a minute later replaces this.
                }

                await Task.Delay(TellEvery, _time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private RegionVitals Vitals(OwnHealthReport health) => new()
    {
        Software = Software,
        StartedAt = _startedAt,
        Workers = _setup.Workers,
        Busy = _worker.Busy,
        Spooled = _spool.Count,
        SpoolIsFull = _spool.IsFull,
        Fault = health.Fault,
        Detail = Outcome.Clean(health.Detail),
        ClockOffset = _clock?.Offset,
        Alarms = [.. Alarms().Select(Outcome.Clean).Take(RegionVitals.MostAlarms)],
    };
}
