using System.Diagnostics.Metrics;
using Monitoring.Core;
using Monitoring.Probing;

namespace Monitoring.Web;

/// <summary>
/// Shows which orchestrators do not answer which regions, at most <see cref="MostSeries"/> pairs; where there are more, something else is
/// wrong than each of them, and the rest is only counted. The series of one that answers again goes.
/// </summary>
internal sealed class LivenessGauges : IGauges, IDisposable
{
    /// <summary>The most pairs that are shown.</summary>
    public const int MostSeries = 200;

    private static readonly TimeSpan RefreshEvery = TimeSpan.FromSeconds(15);
    private readonly IHubStatus _hub;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private readonly Meter _meter = new(MonitoringMeter.Name, MonitoringMeter.Version);
    private Meter _pairs;
    private ImmutableArray<HubFailingSight> _shown = [];
    private bool _isDisposed;

    public LivenessGauges(IHubStatus hub, TimeProvider time)
    {
        _hub = hub;
        _meter.CreateObservableGauge("monitoring.liveness.failing", () => _hub.Current.Failing.Length, "{cell}", "Pairs of orchestrator and region of which the latest check failed.");
        _pairs = PairMeter();
        _timer = time.CreateTimer(_ => Refresh(), null, RefreshEvery, RefreshEvery);
    }

    /// <inheritdoc />
    public void Refresh()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            var before = _shown;
            ImmutableArray<HubFailingSight> now = [.. _hub.Current.Failing.Take(MostSeries)];
            ImmutableInterlocked.InterlockedExchange(ref _shown, now);
            if (before.Select(KeyOf).ToHashSet().IsSubsetOf(now.Select(KeyOf))) return;
            _pairs.Dispose();
            _pairs = PairMeter();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer.Dispose();
            _pairs.Dispose();
            _meter.Dispose();
        }
    }

    private static (OrchestratorId, RegionId) KeyOf(HubFailingSight sight) => (sight.Orchestrator, sight.Region);

    private Meter PairMeter()
    {
        var meter = new Meter(MonitoringMeter.Name, MonitoringMeter.Version);
        meter.CreateObservableGauge(
            "monitoring.liveness.failures",
            () => _shown.Select(s => new Measurement<int>(
                s.Failures,
                new KeyValuePair<string, object?>(TelemetryTags.Orchestrator, s.Orchestrator.Text),
                new KeyValuePair<string, object?>(TelemetryTags.Region, s.Region.Code))),
            "{check}",
            "Checks in a row that failed; no series while it answers.");
        return meter;
    }
}
