using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Net;
using Monitoring.Probing;
using Monitoring.Standalone.Configuration;
using Monitoring.Standalone.Hub;
using Monitoring.Storage;

namespace Monitoring.Standalone.Run;

/// <summary>One region of this process: its worker, its spool and its controls.</summary>
internal sealed class Region : IAsyncDisposable
{
    private static readonly TimeSpan ControlsEvery = TimeSpan.FromSeconds(60);

    private readonly RegionId _id;
    private readonly RegionWorker _worker;
    private readonly FileSpool<TestResult> _spool;
    private readonly ControlChecks _controls;
    private readonly bool _hasControls;
    private readonly MonitorHub _hub;
    private readonly TimeProvider _time;

    /// <summary>Opens the region; <see cref="RunAsync"/> starts it.</summary>
    /// <param name="id">Which.</param>
    /// <param name="options">The configuration.</param>
    /// <param name="paymaster">Pays its tests, or nobody does.</param>
    /// <param name="folder">Where its spool is.</param>
    /// <param name="hub">Its hub.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where its log lines go.</param>
    /// <param name="onFault">Told of damage in the spool.</param>
    public Region(RegionId id, MonitorOptions options, IPaymaster paymaster, string folder, MonitorHub hub, TimeProvider time, ILoggerFactory logs, Action<JournalFault> onFault)
    {
        _id = id;
        _hub = hub;
        _time = time;
        _hasControls = !options.Region.Controls.IsEmpty;
        _spool = FileSpool.Open(folder, SpoolFormat.TestResult, new SpoolBounds(), time, onFault);
        _controls = new ControlChecks(new ControlOptions { Controls = options.Region.Controls }, new SocketsHttpHandler(), time, logs.CreateLogger<ControlChecks>());

        var test = StreamTest.Create(
            Clip.Embedded.Take(options.Tests.Segments),
            new StreamTestOptions { Streams = options.Tests.Streams, PriceCeiling = options.Tests.PriceCeiling, Dial = new DialPolicy { AllowLoopback = options.Source.AllowLoopback } },
            paymaster,
            time);
        _worker = new RegionWorker(
            new RegionWorkerOptions { Region = id, Workers = options.Region.Workers }, hub, new RegionTester(test), _spool, _controls, time, logs.CreateLogger<RegionWorker>());
    }

    /// <summary>Works until asked to stop, and then until what was measured is reported, or spooled for the next start.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var controls = _hasControls ? WatchControlsAsync(stop) : Task.CompletedTask;
        await _worker.RunAsync(stop);
        await controls;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _worker.Dispose();
        _controls.Dispose();
        await _spool.DisposeAsync();
    }

    private async Task WatchControlsAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var health = await _controls.CheckAsync(fresh: false, stop);
                OwnHealthGauge.Seen(_id, health);
                _hub.ControlsTried(_id, health.Fault is null);
                await Task.Delay(ControlsEvery, _time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }
}
