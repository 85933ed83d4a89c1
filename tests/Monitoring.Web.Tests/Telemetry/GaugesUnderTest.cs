using System.Text;

namespace Monitoring.Web.Tests.Telemetry;

/// <summary>The gauges of a leaderboard, collected as <c>/metrics</c> does it.</summary>
internal sealed class GaugesUnderTest : IDisposable
{
    private readonly TelemetryPipeline _pipeline = new(new TelemetrySettings());
    private readonly LeaderboardGauges _gauges;

    public GaugesUnderTest(ILeaderboard board) => _gauges = new LeaderboardGauges(board, new SetClock { Now = Sample.Now });

    public async Task<string> ReadAsync()
    {
        _gauges.Refresh();
        return Encoding.UTF8.GetString((await _pipeline.Pull!.ReadAsync(ExpositionFormat.PrometheusText, CancellationToken.None))!.Value.Span);
    }

    public void Dispose()
    {
        _gauges.Dispose();
        _pipeline.Dispose();
    }
}
