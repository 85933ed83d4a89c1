using Monitoring.Web;

namespace Monitoring.Standalone.PostTo;

/// <summary>Shows how far behind the posting of our results to another server is.</summary>
internal sealed class PosterGauges(LeaderboardPoster poster) : IHostGauges
{
    /// <inheritdoc />
    public ImmutableArray<HostGauge> Gauges { get; } =
    [
        HostGauge.Of("monitoring.post_to.depth", "{result}", "Results that wait to be posted to another leaderboard server.", () => poster.Waiting),
        HostGauge.Of("monitoring.post_to.lost", "{result}", "Results that could be neither posted nor written down since the start.", () => poster.Lost),
    ];
}
