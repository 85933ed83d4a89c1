using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Hosting;
using Monitoring.Core;
using Monitoring.Web;

namespace Monitoring.Cluster.Leaderboard;

/// <summary>
/// The snapshot that this silo serves. It is pulled once per <see cref="HubRules.SnapshotEvery"/>, so a request costs no grain call, and is
/// answered with the last snapshot also while the leaderboard's grain moves to another silo.
/// </summary>
internal sealed partial class SiloLeaderboard(IGrainFactory grains, HubRules rules, TimeProvider time, ILogger<SiloLeaderboard> log) : BackgroundService, ILeaderboard
{
    private LeaderboardSnapshot _current = LeaderboardSnapshot.Empty;

    /// <inheritdoc />
    public LeaderboardSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Pulls now.</summary>
    public async Task PullAsync()
    {
        if (await grains.GetGrain<ILeaderboardGrain>(0).IfNewer(Current.Version) is { } newer && newer.Version > Current.Version) Volatile.Write(ref _current, newer);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(rules.SnapshotEvery, time);
        while (await NextAsync(timer, stoppingToken))
        {
            try
            {
                await PullAsync();
            }
            catch (Exception e)
            {
                LogNotPulled(e.Message);
            }
        }
    }

    private static async ValueTask<bool> NextAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(2022, LogLevel.Warning, "No newer leaderboard could be pulled, the last one stands: {Why}")]
    private partial void LogNotPulled(string why);
}
