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
    private Seen _seen = new(LeaderboardSnapshot.Empty, 0);

    /// <inheritdoc />
    public LeaderboardSnapshot Current => Volatile.Read(ref _seen).Snapshot;

    /// <summary>Pulls now.</summary>
    public async Task PullAsync()
    {
        var before = Volatile.Read(ref _seen);
        var newer = await AskAsync(before);

        // Of two pulls at once the older one may be the later to come back.
        while (newer is not null && Volatile.Read(ref _seen) is var seen && newer.Snapshot.Version > seen.Snapshot.Version)
        {
            if (ReferenceEquals(Interlocked.CompareExchange(ref _seen, newer, seen), seen)) return;
        }
    }

    private async Task<Seen?> AskAsync(Seen before)
    {
        var leaderboard = grains.GetGrain<ILeaderboardGrain>(0);
        try
        {
            return await leaderboard.NewsSince(before.Snapshot.Version, before.Life) is { } news ? new Seen(news.On(before.Snapshot), news.Life) : null;
        }
        catch (Exception e) when (e is not TimeoutException)
        {
            // The grain may live on a silo of the release before, which tells whole snapshots alone. Whatever else it was fails again.
            return await leaderboard.IfNewer(before.Snapshot.Version) is { } whole ? new Seen(whole, 0) : null;
        }
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

    private sealed record Seen(LeaderboardSnapshot Snapshot, long Life);

    [LoggerMessage(2022, LogLevel.Warning, "No newer leaderboard could be pulled, the last one stands: {Why}")]
    private partial void LogNotPulled(string why);
}
