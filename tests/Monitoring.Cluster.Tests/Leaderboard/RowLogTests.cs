using Monitoring.Cluster.Leaderboard;
using Monitoring.Core;

namespace Monitoring.Cluster.Tests.Leaderboard;

/// <summary>Who has the rows of a version and is told the changes has the rows as they are.</summary>
public sealed class RowLogTests
{
    private static readonly RegionId Fra = RegionId.Parse("FRA");

    [Theory]
    [InlineData(1)]
    [InlineData(20261130)]
    public void Whatever_version_somebody_has_the_changes_since_make_of_it_the_rows_as_they_are(int seed)
    {
        var random = new Random(seed);
        var log = new RowLog();
        var seen = new List<ImmutableArray<LeaderboardRow>> { log.All };
        for (var version = 1; version <= 200; version++)
        {
            for (var i = random.Next(5); i > 0; i--)
            {
                var who = ClusterUnderTest.Orchestrator(random.Next(12));
                if (random.Next(3) == 0) log.Remove(who, version);
                else log.Put(Row(who, random.Next(3)), version);
            }

            seen.Add(log.All);
            for (var before = 0; before <= version; before++) Assert.True(Enumerable.SequenceEqual<object>(log.All, log.Since(before)!.Value.On(seen[before]), ReferenceEqualityComparer.Instance), $"From {before} to {version} the changes do not join.");
        }
    }

    [Fact]
    public void A_row_that_looks_as_before_is_no_change_and_stays_the_same_object()
    {
        var log = new RowLog();
        var first = Row(ClusterUnderTest.Orchestrator(1), 3);
        Assert.True(log.Put(first, 1));
        Assert.False(log.Put(Row(ClusterUnderTest.Orchestrator(1), 3), 2));
        Assert.Same(first, Assert.Single(log.All));
        Assert.Empty(log.Since(1)!.Value.Rows);

        Assert.True(log.Put(first with { Active = false }, 3));
        Assert.True(log.Put(first with { Active = false, ServiceUri = "https://192.0.2.9:8935" }, 4));
        Assert.True(log.Put(Row(ClusterUnderTest.Orchestrator(1), 4), 5));
        Assert.True(log.Put(first with { Cells = [first.Cells[0] with { Availability = 0.5 }] }, 6));
        Assert.True(log.Put(first with { Cells = [.. first.Cells, first.Cells[0] with { Region = RegionId.Parse("MDW") }] }, 7));
        Assert.Equal(5, Enumerable.Range(2, 5).Count(version => log.Since(version)!.Value.Rows.Length == 1));
    }

    [Fact]
    public void Who_is_too_far_behind_to_be_told_what_went_gets_all_rows()
    {
        var log = new RowLog();
        var version = 0L;
        for (var n = 0; n <= RowLog.MostGone; n++) log.Put(Row(ClusterUnderTest.Orchestrator(n), 0), ++version);
        var all = version;
        for (var n = 0; n < RowLog.MostGone; n++) log.Remove(ClusterUnderTest.Orchestrator(n), ++version);
        Assert.Equal(RowLog.MostGone, log.Since(all)!.Value.Gone.Length);

        var before = version;
        log.Remove(ClusterUnderTest.Orchestrator(RowLog.MostGone), ++version);
        Assert.Null(log.Since(all));
        Assert.Null(log.Since(before - 1));
        Assert.Equal(ClusterUnderTest.Orchestrator(RowLog.MostGone), Assert.Single(log.Since(before)!.Value.Gone));
    }

    internal static LeaderboardRow Row(OrchestratorId who, int tests) => new(who, "https://192.0.2.1:8935", true, true, [new LeaderboardCell(Fra, new PublishedCell
    {
        State = CellState.Measured, SuccessRate = 0.5, RoundTripScore = 0.75, Score = 0.375, Tests = tests, Planned = 8, RealTimeRate = 1, SuccessRateLow = 0.25, SuccessRateHigh = 0.75,
    })]);
}
