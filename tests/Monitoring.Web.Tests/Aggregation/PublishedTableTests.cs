using System.Security.Cryptography;
using System.Text;

namespace Monitoring.Web.Tests;

public sealed class PublishedTableTests
{
    [Fact]
    public async Task The_board_has_the_old_shape()
    {
        await using var site = await Site.StartAsync();
        site.Board.Current = Sample.Snapshot(
            Sample.Row(1, (Sample.Fra, Sample.Cell(1, 0.5)), (Sample.Mdw, Sample.Cell(0, 0, CellState.Zero))),
            Sample.Row(2, (Sample.Fra, Sample.Cell(0.5, 0.9882563715429786))));
        var expected = $$$$"""
            {"{{{{Sample.Orch(1)}}}}":{"FRA":{"success_rate":1,"round_trip_score":0.5,"score":0.5},"MDW":{"success_rate":0,"round_trip_score":0,"score":0}},
            "{{{{Sample.Orch(2)}}}}":{"FRA":{"success_rate":0.5,"round_trip_score":0.9882563715429786,"score":0.4941281857714893}}}
            """.Replace("\n", "", StringComparison.Ordinal);
        Assert.Equal(expected, await site.GetAsync("/api/aggregated_stats"));
    }

    [Fact]
    public async Task An_empty_board_is_an_empty_object()
    {
        await using var site = await Site.StartAsync();
        Assert.Equal("{}", await site.GetAsync("/api/aggregated_stats"));
    }

    [Fact]
    public async Task A_held_value_is_published_like_a_measured_one()
    {
        await using var site = await Site.StartAsync();
        site.Board.Current = Sample.Snapshot(Sample.Row(1, (Sample.Fra, Sample.Cell(1, 0.8, CellState.Held))));
        Assert.Equal(0.8, GatewayDecoder.Decode(await site.GetAsync("/api/aggregated_stats"))[Sample.Orch(1).Text]["FRA"]["score"]);
    }

    [Fact]
    public async Task An_orchestrator_without_a_cell_is_left_out()
    {
        await using var site = await Site.StartAsync();
        site.Board.Current = Sample.Snapshot(Sample.Row(1), Sample.Row(2, (RegionId.Global, Sample.Cell(1, 1))), Sample.Row(3, (Sample.Fra, Sample.Cell(1, 1))));
        Assert.Equal([Sample.Orch(3).Text], GatewayDecoder.Decode(await site.GetAsync("/api/aggregated_stats")).Keys);
        Assert.Equal("{}", await site.GetAsync("/api/aggregated_stats?region=MDW"));
    }

    [Fact]
    public async Task The_region_and_orchestrator_filters_answer_the_same_numbers()
    {
        await using var site = await Site.StartAsync();
        site.Board.Current = Sample.Snapshot(
            Sample.Row(1, (Sample.Fra, Sample.Cell(1, 0.3)), (Sample.Mdw, Sample.Cell(0.7, 0.1))), Sample.Row(2, (Sample.Mdw, Sample.Cell(0.2, 0.6))));
        var all = GatewayDecoder.Decode(await site.GetAsync("/api/aggregated_stats"));
        var fra = GatewayDecoder.Decode(await site.GetAsync("/api/aggregated_stats?region=fra"));
        var one = GatewayDecoder.Decode(await site.GetAsync($"/api/aggregated_stats?orchestrator={Sample.Orch(1).Text.ToUpperInvariant()}"));
        Assert.Equal([Sample.Orch(1).Text], fra.Keys);
        Assert.Equal(all[Sample.Orch(1).Text]["FRA"], fra[Sample.Orch(1).Text]["FRA"]);
        Assert.Equal(all[Sample.Orch(1).Text], one[Sample.Orch(1).Text]);
        Assert.Single(one);
        Assert.Equal("{}", await site.GetAsync($"/api/aggregated_stats?orchestrator={Sample.Orch(9)}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?region=XYZ")]
    [InlineData("?orchestrator=nobody")]
    [InlineData("?since=9&until=3")]
    public async Task What_has_no_results_is_an_empty_object_with_status_200(string query)
    {
        await using var site = await Site.StartAsync();
        Assert.Equal("{}", await site.GetAsync("/api/aggregated_stats" + query));
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "")]
    [InlineData(false, "?region=FRA")]
    [InlineData(false, "?since=1795100000")]
    [InlineData(true, "?since=1795100000")]
    public async Task Unverified_orchestrators_are_published_only_on_request(bool publish, string query)
    {
        await using var site = await Site.StartAsync(new WebOptions { PublishUnverified = publish });
        site.Board.Current = Sample.Snapshot(Sample.Row(1, (Sample.Fra, Sample.Cell(1, 1))) with { Verified = false });
        site.Store.Add(Sample.Own(1, Sample.Fra, Sample.Now.AddHours(-1), 60, 60, 2, 1));
        var board = GatewayDecoder.Decode(await site.GetAsync("/api/aggregated_stats" + query));
        Assert.Equal(publish ? 1 : 0, board.Count);
    }

    [Fact]
    public void The_bytes_are_made_once_per_snapshot()
    {
        var board = new Board { Current = Sample.Snapshot(Sample.Row(1, (Sample.Fra, Sample.Cell(1, 0.5)))) };
        var table = new PublishedTable(board, new WebOptions());
        var first = table.All();
        Assert.True(first.Span == table.All().Span, "the very same bytes, not equal ones");

        var hash = SHA256.HashData(first.Span);
        board.Current = board.Current with { Version = 2 };
        Assert.False(first.Span == table.All().Span, "a new snapshot has bytes of its own");
        Assert.Equal(hash, SHA256.HashData(table.All().Span));

        board.Current = Sample.Snapshot(Sample.Row(1, (Sample.Fra, Sample.Cell(1, 0.6))));
        Assert.NotEqual(hash, SHA256.HashData(table.All().Span));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_board_made_from_the_one_before_is_the_board_made_anew(int seed)
    {
        var random = new Random(seed);
        var board = new Board();
        var table = new PublishedTable(board, new WebOptions());
        var rows = new SortedDictionary<int, LeaderboardRow>();
        for (var change = 0; change < 500; change++)
        {
            for (var i = random.Next(4); i >= 0; i--)
            {
                var n = random.Next(1, 30);
                if (random.Next(3) == 0) rows.Remove(n);
                else rows[n] = RandomRow(random, n);
            }

            board.Current = Sample.Snapshot([.. rows.Values]);
            Assert.Equal(Text(new PublishedTable(board, new WebOptions())), Text(table));
            Assert.Equal(rows.Values.Count(r => r.Verified && r.Cells.Any(c => c.Region != RegionId.Global)), GatewayDecoder.Decode(Text(table)).Count);
        }

        static string Text(PublishedTable table) => Encoding.UTF8.GetString(table.All().Span);
    }

    [Fact]
    public async Task Readers_of_a_changing_board_always_get_a_whole_one()
    {
        await using var site = await Site.StartAsync();
        var boards = Enumerable.Range(1, 20).Select(n =>
            Sample.Snapshot([.. Enumerable.Range(1, n).Select(i => Sample.Row(i, (Sample.Fra, Sample.Cell(n / 20.0, 0.5))))])).ToArray();
        site.Board.Current = boards[0];
        var readers = Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var i = 0; i < 50; i++)
            {
                var board = GatewayDecoder.Decode(await site.GetAsync("/api/aggregated_stats"));
                Assert.All(board.Values, regions => Assert.Equal(board.Count / 20.0, regions["FRA"]["success_rate"]));
            }
        }).ToArray();
        while (!Task.WhenAll(readers).IsCompleted)
        {
            foreach (var board in boards)
            {
                site.Board.Current = board;
                await Task.Yield();
            }
        }

        await Task.WhenAll(readers);
    }

    // Sometimes not shown at all: nothing but GLOBAL, or not verified.
    private static LeaderboardRow RandomRow(Random random, int n) => Sample.Row(n, random.Next(4) switch
    {
        0 => [(RegionId.Global, Sample.Cell(1, 1))],
        1 => [(Sample.Fra, Sample.Cell(random.NextDouble(), random.NextDouble())), (Sample.Mdw, Sample.Cell(random.NextDouble(), 0))],
        _ => [(Sample.Mdw, Sample.Cell(random.NextDouble(), random.NextDouble()))],
    }) with { Verified = random.Next(5) > 0 };
}
