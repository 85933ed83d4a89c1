using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Leaderboard;
using Monitoring.Cluster.Wire;
using Monitoring.Core;

namespace Monitoring.Cluster.Tests.Leaderboard;

/// <summary>From a row's change to every silo's board: what travels is what changed, and all of it where versions do not join.</summary>
public sealed class LeaderboardNewsTests
{
    private static readonly HubRules OneShard = ClusterUnderTest.Rules with { ScoreShards = 1 };
    private static readonly OrchestratorStanding Up = new() { Active = true, Phase = "Up" };

    [Fact]
    public async Task A_shard_tells_what_changed_and_all_to_whoever_has_it_from_another_life_or_from_nobody()
    {
        await using var under = await ClusterUnderTest.StartAsync(rules: OneShard);
        await under.BoardAsync();
        var shard = under.Grains.GetGrain<IScoreShardGrain>(0);
        for (var n = 1; n <= 3; n++) await shard.Show(ClusterUnderTest.Orchestrator(n), RowLogTests.Row(ClusterUnderTest.Orchestrator(n), n), 1, Up);
        var all = (await shard.RowsSince(0, 0))!;
        Assert.Equal((3, 0L), (all.Rows.Length, all.Since));
        Assert.Null(await shard.RowsSince(all.Version, all.Life));
        Assert.Null(await shard.RowsSince(all.Version, 0));

        await shard.Show(ClusterUnderTest.Orchestrator(2), RowLogTests.Row(ClusterUnderTest.Orchestrator(2), 9), 2, Up);
        await shard.Show(ClusterUnderTest.Orchestrator(3), null, 2, Up);
        var changes = (await shard.RowsSince(all.Version, all.Life))!;
        Assert.Equal((all.Version, all.Life), (changes.Since, changes.Life));
        Assert.Equal(9, Assert.Single(changes.Rows).Cells[0].Cell.Tests);
        Assert.Equal(ClusterUnderTest.Orchestrator(3), Assert.Single(changes.Gone));

        // Somebody of the release before, and somebody who has it from a shard that died.
        Assert.Equal((2, 0L), ((await shard.RowsSince(all.Version, 0))!.Rows.Length, (await shard.RowsSince(all.Version, 0))!.Since));
        Assert.Equal((2, 0L), ((await shard.RowsSince(all.Version, all.Life + 1))!.Rows.Length, (await shard.RowsSince(all.Version, all.Life + 1))!.Since));
        Assert.Equal((2, 0L), ((await shard.RowsSince(changes.Version, all.Life + 1))!.Rows.Length, (await shard.RowsSince(changes.Version, all.Life + 1))!.Since));
    }

    [Fact]
    public async Task Every_silo_makes_the_same_board_of_the_changes_and_keeps_the_rows_that_did_not_change()
    {
        await using var under = await ClusterUnderTest.StartAsync(silos: 2, rules: ClusterUnderTest.Rules);
        await under.BoardAsync();
        var boards = under.Cluster.GetActiveSilos().Select(s => (SiloLeaderboard)under.Cluster.GetSiloServiceProvider(s.SiloAddress).GetService(typeof(SiloLeaderboard))!).ToArray();
        var leaderboard = under.Grains.GetGrain<ILeaderboardGrain>(0);
        var random = new Random(20261130);
        var made = 0;
        for (var round = 1; round <= 60; round++)
        {
            var who = ClusterUnderTest.Orchestrator(random.Next(1, 40));
            var row = random.Next(4) == 0 ? null : RowLogTests.Row(who, random.Next(100));
            await under.Grains.GetGrain<IScoreShardGrain>(ScoreShards.Of(who, ClusterUnderTest.Rules.ScoreShards)).Show(who, row, round, Up);
            await leaderboard.Refresh();
            var whole = await leaderboard.IfNewer(0);

            // One silo pulls each, the other now and then.
            foreach (var board in boards.Take(round % 7 == 0 ? 2 : 1))
            {
                var before = board.Current;
                await board.PullAsync();
                Assert.Equal((whole!.Version, whole.AsOf), (board.Current.Version, board.Current.AsOf));
                Assert.Equal(whole.Rows.Select(r => (r.Orchestrator, r.Cells[0].Cell)), board.Current.Rows.Select(r => (r.Orchestrator, r.Cells[0].Cell)));
                made += board.Current.Rows.Count(r => !before.Rows.Any(b => ReferenceEquals(b, r)));
            }
        }

        // No more than changed, on each silo: nothing was sent whole and made anew.
        Assert.InRange(made, 40, 2 * 60);
        Assert.True(await leaderboard.NewsSince(boards[0].Current.Version, 0) is null);
    }

    [Fact]
    public async Task A_leaderboard_that_begins_anew_tells_all_and_no_silo_shows_less_meanwhile()
    {
        OrchestratorId[] all = [.. Enumerable.Range(1, 5).Select(ClusterUnderTest.Orchestrator)];
        await using var under = await ClusterUnderTest.StartAsync(rules: OneShard);
        await under.BoardAsync();
        var shard = under.Grains.GetGrain<IScoreShardGrain>(0);
        foreach (var id in all) await shard.Show(id, RowLogTests.Row(id, 1), 1, Up);
        var leaderboard = under.Grains.GetGrain<ILeaderboardGrain>(0);
        await leaderboard.Refresh();
        var board = under.Service<SiloLeaderboard>();
        await board.PullAsync();
        Assert.Equal(5, board.Current.Rows.Length);

        var first = (await leaderboard.NewsSince(0, 0))!;
        await under.Cluster.DeactivateAsync(leaderboard);
        under.Time.Advance(TimeSpan.FromSeconds(2));
        await shard.Show(all[0], RowLogTests.Row(all[0], 7), 2, Up);
        await leaderboard.Refresh();
        var news = (await leaderboard.NewsSince(first.Version, first.Life))!;
        Assert.NotEqual(first.Life, news.Life);
        Assert.Equal((0L, 5), (news.Since, news.Rows.Length));
        await board.PullAsync();
        Assert.Equal((news.Version, 5, 7), (board.Current.Version, board.Current.Rows.Length, board.Current.Rows[0].Cells[0].Cell.Tests));
    }

    [Fact]
    public async Task A_shard_that_begins_anew_takes_no_row_away_before_it_has_collected_and_then_those_that_nobody_has()
    {
        OrchestratorId[] all = [.. Enumerable.Range(1, 3).Select(ClusterUnderTest.Orchestrator)];
        await using var under = await ClusterUnderTest.StartAsync(rules: OneShard);
        await under.BoardAsync();
        var shard = under.Grains.GetGrain<IScoreShardGrain>(0);
        foreach (var id in all) await shard.Show(id, RowLogTests.Row(id, 1), 1, Up);
        var leaderboard = under.Grains.GetGrain<ILeaderboardGrain>(0);
        await leaderboard.Refresh();
        var board = under.Service<SiloLeaderboard>();
        await board.PullAsync();

        await under.Cluster.DeactivateAsync(shard);
        await leaderboard.Refresh();
        Assert.False((await shard.RowsSince(0, 0))!.IsComplete);
        await board.PullAsync();
        Assert.Equal(3, board.Current.Rows.Length);

        // The registry knows none of them, so the shard collects nobody.
        for (var i = 0; i < 3_000 && board.Current.Rows.Length > 0; i++)
        {
            under.Time.Advance(TimeSpan.FromMilliseconds(10));
            await leaderboard.Refresh();
            await board.PullAsync();
        }

        Assert.Empty(board.Current.Rows);
    }
}
