using System.Diagnostics.Metrics;
using Monitoring.Core;
using Monitoring.Probing;

namespace Monitoring.Web;

/// <summary>
/// Shows the published scores and the availability by orchestrator and region, at most <see cref="MostSeries"/> series of all metrics together. Which ones depends on
/// the leaderboard alone, so every process and every restart chooses the same: whole orchestrators, those that are active and verified
/// first, in order of their ids. What was left out is counted.
/// </summary>
internal sealed class LeaderboardGauges : IGauges, IDisposable
{
    /// <summary>The most series by orchestrator and region.</summary>
    public const int MostSeries = 2_000 - LivenessGauges.MostSeries;

    // Score, success rate, real-time rate and availability of a cell.
    private const int SeriesOfCell = 4;

    private static readonly TimeSpan RefreshEvery = TimeSpan.FromSeconds(15);
    private readonly ILeaderboard _leaderboard;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _since;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private readonly Meter _meter = new(MonitoringMeter.Name, MonitoringMeter.Version);
    private Meter _cells;
    private Choice _choice = Choice.Of(LeaderboardSnapshot.Empty);
    private bool _isDisposed;

    public LeaderboardGauges(ILeaderboard leaderboard, TimeProvider time)
    {
        (_leaderboard, _time, _since) = (leaderboard, time, time.GetUtcNow());
        _meter.CreateObservableGauge("monitoring.snapshot.age", Age, "s", "Age of the published leaderboard.");
        _meter.CreateObservableGauge("monitoring.cells", () => Current().Cells.Length + Current().LeftOut, "{cell}", "Pairs of orchestrator and region on the leaderboard.");
        _meter.CreateObservableGauge("monitoring.cells.left_out", () => Current().LeftOut, "{cell}", "Pairs of orchestrator and region that have no series because there are too many.");
        _meter.CreateObservableGauge("monitoring.coverage", Coverage, "1", "Counted tests of the window / planned tests, by region.");
        _cells = CellMeter();
        _timer = time.CreateTimer(_ => Refresh(), null, RefreshEvery, RefreshEvery);
    }

    /// <inheritdoc />
    public void Refresh()
    {
        lock (_gate)
        {
            if (_isDisposed || _choice.Snapshot == _leaderboard.Current) return;
            var before = _choice;
            _choice = Choice.Of(_leaderboard.Current);

            // A gauge would show its last value for ever; with its meter it goes.
            if (!before.Keys.IsSubsetOf(_choice.Keys))
            {
                _cells.Dispose();
                _cells = CellMeter();
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer.Dispose();
            _cells.Dispose();
            _meter.Dispose();
        }
    }

    private Choice Current() => Volatile.Read(ref _choice);

    private Meter CellMeter()
    {
        var meter = new Meter(MonitoringMeter.Name, MonitoringMeter.Version);
        ByCell("monitoring.score", "Published score, 0 to 1: success rate x round-trip score.", cell => cell.Score);
        ByCell("monitoring.success_rate", "Published success rate, 0 to 1: valid renditions / expected ones.", cell => cell.SuccessRate);
        ByCell("monitoring.real_time_rate", "Segments that came back complete within their duration / source segments, 0 to 1.", cell => cell.RealTimeRate);
        meter.CreateObservableGauge(
            "monitoring.availability",
            () => Current().Cells.Where(c => c.Availability is not null).Select(c => new Measurement<double>(c.Availability!.Value, c.Tags)),
            "1",
            "Share of the last 24 hours' liveness intervals with valid evidence in which it was up, 0 to 1.");
        return meter;

        void ByCell(string name, string description, Func<PublishedCell, double> read) =>
            meter.CreateObservableGauge(name, () => Current().Cells.Select(c => new Measurement<double>(read(c.Cell), c.Tags)), "1", description);
    }

    private double Age()
    {
        var asOf = _leaderboard.Current.AsOf;
        return Math.Max(0, (_time.GetUtcNow() - (asOf > _since ? asOf : _since)).TotalSeconds);
    }

    private IEnumerable<Measurement<double>> Coverage() =>
        from cell in _leaderboard.Current.Rows.SelectMany(row => row.Cells)
        where cell.Cell.Planned > 0
        group cell.Cell by cell.Region into region
        select new Measurement<double>(
            (double)region.Sum(c => Math.Min(c.Tests, c.Planned)) / region.Sum(c => c.Planned), new KeyValuePair<string, object?>(TelemetryTags.Region, region.Key.Code));

    private sealed record Shown(PublishedCell Cell, double? Availability, KeyValuePair<string, object?>[] Tags);

    private sealed record Choice(LeaderboardSnapshot Snapshot, ImmutableArray<Shown> Cells, ImmutableHashSet<(OrchestratorId, RegionId)> Keys, int LeftOut)
    {
        public static Choice Of(LeaderboardSnapshot snapshot)
        {
            var shown = ImmutableArray.CreateBuilder<Shown>();
            var keys = ImmutableHashSet.CreateBuilder<(OrchestratorId, RegionId)>();
            var leftOut = 0;
            foreach (var row in snapshot.Rows.OrderByDescending(r => r.Active && r.Verified).ThenBy(r => r.Orchestrator))
            {
                if (leftOut > 0 || (shown.Count + row.Cells.Length) * SeriesOfCell > MostSeries)
                {
                    leftOut += row.Cells.Length;
                    continue;
                }

                foreach (var cell in row.Cells)
                {
                    keys.Add((row.Orchestrator, cell.Region));
                    shown.Add(new Shown(cell.Cell, cell.Availability, [new(TelemetryTags.Orchestrator, row.Orchestrator.Text), new(TelemetryTags.Region, cell.Region.Code)]));
                }
            }

            return new Choice(snapshot, shown.ToImmutable(), keys.ToImmutable(), leftOut);
        }
    }
}
