namespace Monitoring.Web.Tests;

/// <summary>Laws over random boards: whatever is in a snapshot, a gateway decodes the answer and the explorer's arithmetic works on it.</summary>
public sealed class GatewayContractTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_board_decodes_in_a_gateway(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            var snapshot = RandomBoard(random, hostile: false);
            var board = GatewayDecoder.Decode(Write(snapshot));
            Assert.Equal(snapshot.Rows.Count(row => row.Verified && row.Cells.Any(c => c.Region != RegionId.Global)), board.Count);
            foreach (var row in snapshot.Rows.Where(row => row.Verified))
            {
                foreach (var (region, cell) in row.Cells.Where(c => c.Region != RegionId.Global))
                {
                    Assert.Equal(cell.Score, board[row.Orchestrator.Text][region.Code]["score"]);
                    Assert.Equal(cell.SuccessRate, board[row.Orchestrator.Text][region.Code]["success_rate"]);
                    Assert.Equal(cell.RoundTripScore, board[row.Orchestrator.Text][region.Code]["round_trip_score"]);
                }
            }
        }
    }

    [Fact]
    public void Even_a_cell_that_is_not_a_number_leaves_the_rest_readable()
    {
        var random = new Random(4);
        for (var i = 0; i < 200; i++)
        {
            var text = Write(RandomBoard(random, hostile: true));
            Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Infinity", text, StringComparison.Ordinal);
            GatewayDecoder.Decode(text);
        }
    }

    [Fact]
    public void The_explorers_mean_over_regions_is_always_defined()
    {
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
        {
            foreach (var regions in GatewayDecoder.Decode(Write(RandomBoard(random, hostile: false))).Values)
            {
                Assert.InRange(regions.Values.Average(cell => cell["score"] * 100), 0, 100);
            }
        }
    }

    private static string Write(LeaderboardSnapshot snapshot) =>
        System.Text.Encoding.UTF8.GetString(new PublishedTable(new Board { Current = snapshot }, new WebOptions()).All().Span);

    private static LeaderboardSnapshot RandomBoard(Random random, bool hostile)
    {
        RegionId[] regions = [RegionId.Parse("ATL2"), Sample.Fra, RegionId.Global, Sample.Mdw, RegionId.Parse("SIN")];
        double Number() => hostile && random.Next(3) == 0
            ? (random.Next(3) switch { 0 => double.NaN, 1 => double.PositiveInfinity, _ => double.NegativeInfinity })
            : random.Next(6) switch { 0 => 0, 1 => 1, 2 => 1.2e-7, 3 => double.Epsilon, _ => random.NextDouble() };
        return Sample.Snapshot([.. Enumerable.Range(1, random.Next(12)).Select(n =>
        {
            var cells = regions.Where(_ => random.Next(2) == 0).Select(region => (region, new PublishedCell
            {
                State = (CellState)random.Next(3), SuccessRate = Number(), RoundTripScore = Number(), Score = Number(), Tests = random.Next(20), Planned = random.Next(20),
            }));
            return Sample.Row(n, [.. cells]) with { Verified = random.Next(5) != 0, ServiceUri = "https://\"<x>\u2028" };
        })]);
    }
}
