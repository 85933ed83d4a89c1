using Monitoring.Cluster.Leaderboard;
using Monitoring.Cluster.Wire;
using Monitoring.Core;

namespace Monitoring.Cluster.Tests.Leaderboard;

/// <summary>What is kept as each orchestrator changes is what counting all of them would find.</summary>
public sealed class ShardTotalsTests
{
    private static readonly RegionId Fra = RegionId.Parse("FRA");

    [Theory]
    [InlineData(1)]
    [InlineData(20261130)]
    public void Whatever_changes_the_totals_are_those_of_all_that_stand(int seed)
    {
        var random = new Random(seed);
        var totals = new ShardTotals([Fra]);
        var standings = new Dictionary<OrchestratorId, OrchestratorStanding>();
        var rows = new Dictionary<OrchestratorId, LeaderboardRow?>();
        for (var step = 0; step < 2_000; step++)
        {
            var who = ClusterUnderTest.Orchestrator(random.Next(12));
            if (random.Next(2) == 0)
            {
                totals.Put(who, standings[who] = Standing(random));
            }
            else
            {
                var row = random.Next(4) == 0 ? null : Row(who, random);
                totals.Put(rows.GetValueOrDefault(who), row);
                rows[who] = row;
            }

            Verify(totals.Sum(isComplete: step % 2 == 0), standings, rows.Values, isComplete: step % 2 == 0);
        }
    }

    private static void Verify(ShardStanding sum, Dictionary<OrchestratorId, OrchestratorStanding> standings, IEnumerable<LeaderboardRow?> rows, bool isComplete)
    {
        var active = standings.Where(s => s.Value.Active).ToList();
        Assert.Equal(
            (isComplete, active.Count, active.Count(s => s.Value.Phase != "Up"), active.Count(s => s.Value.Phase is "Down" or "Recovering"), active.Count(s => s.Value.Unheard)),
            (sum.IsComplete, sum.Active, sum.Troubled, sum.Down, sum.Unheard));
        var cells = rows.Where(r => r is { Active: true }).SelectMany(r => r!.Cells).Where(c => c.Region == Fra).ToList();
        Assert.Equal((cells.Sum(c => (long)c.Cell.Planned), cells.Sum(c => (long)Math.Min(c.Cell.Tests, c.Cell.Planned))), (sum.Planned, sum.Counted));
        Assert.Equal(active.SelectMany(s => s.Value.Failing.Select(f => (s.Key, f))).OrderBy(f => f.Key), sum.Failing.Select(f => (f.Orchestrator, f.Sight)).OrderBy(f => f.Orchestrator));
    }

    private static OrchestratorStanding Standing(Random random) => new()
    {
        Active = random.Next(4) > 0,
        Phase = random.Next(5) switch { 0 => "Down", 1 => "Recovering", 2 => "Suspect", _ => "Up" },
        Unheard = random.Next(3) == 0,
        Failing = random.Next(2) == 0 ? [] : [new FailingSightWire { Region = Fra, Failures = random.Next(1, 9) }],
    };

    // A cell of a region that is no more is shown, and counts for nothing.
    private static LeaderboardRow Row(OrchestratorId who, Random random)
    {
        var row = RowLogTests.Row(who, random.Next(12)) with { Active = random.Next(4) > 0 };
        return random.Next(2) == 0 ? row : row with { Cells = [.. row.Cells, row.Cells[0] with { Region = RegionId.Parse("XXX") }] };
    }
}
