using System.Globalization;
using System.Text.RegularExpressions;

namespace Monitoring.Web.Tests.Telemetry;

[Collection(OneMeter.Name)]
public sealed partial class LeaderboardGaugesTests
{
    [Fact]
    public async Task Scores_are_shown_by_orchestrator_and_region()
    {
        var board = new Board { Current = Sample.Snapshot(Sample.Row(1, (RegionId.Parse("FRA"), Sample.Cell(0.5, 0.8)))) };
        var row = board.Current.Rows[0];
        board.Current = Sample.Snapshot(row with { Cells = [row.Cells[0] with { Availability = 0.75 }] });
        using var telemetry = new GaugesUnderTest(board);
        var text = await telemetry.ReadAsync();
        var labels = $"{{orchestrator=\"{Sample.Orch(1)}\",region=\"FRA\"}}";
        Assert.Contains($"monitoring_score_ratio{labels} 0.4\n", text, StringComparison.Ordinal);
        Assert.Contains($"monitoring_success_rate_ratio{labels} 0.5\n", text, StringComparison.Ordinal);
        Assert.Contains($"monitoring_real_time_rate_ratio{labels} 0.9\n", text, StringComparison.Ordinal);
        Assert.Contains($"monitoring_availability_ratio{labels} 0.75\n", text, StringComparison.Ordinal);
        Assert.Contains("monitoring_coverage_ratio{region=\"FRA\"} 0.8\n", text, StringComparison.Ordinal);
        Assert.Contains("monitoring_cells_left_out 0\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_very_many_orchestrators_the_same_whole_ones_are_shown_and_the_rest_is_counted()
    {
        // 3 regions x 300 orchestrators are 900 cells; 4 series each leave room for 450, that is 150 whole orchestrators.
        var rows = Enumerable.Range(1, 300).Select(n => Sample.Row(n, [.. new[] { "FRA", "MDW", "SIN" }.Select(r => (RegionId.Parse(r), Sample.Cell(1, 0.8)))])).ToArray();
        using var telemetry = new GaugesUnderTest(new Board { Current = Sample.Snapshot(rows) });
        var text = await telemetry.ReadAsync();
        var shown = Scores().Matches(text).Select(m => m.Groups[1].Value).GroupBy(o => o).ToArray();
        Assert.Equal(150, shown.Length);
        Assert.All(shown, o => Assert.Equal(3, o.Count()));
        Assert.Equal(rows.Select(r => r.Orchestrator).Order().Take(150).Select(o => o.Text), shown.Select(o => o.Key).Order(StringComparer.Ordinal));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"monitoring_cells_left_out {900 - 450}\n"), text, StringComparison.Ordinal);
        Assert.Contains("monitoring_cells 900\n", text, StringComparison.Ordinal);
        Assert.InRange(ByOrchestrator().Count(text), 1, LeaderboardGauges.MostSeries);
    }

    [Fact]
    public async Task Who_left_the_active_set_makes_room_first()
    {
        var rows = Enumerable.Range(1, 451).Select(n => Sample.Row(n, (RegionId.Parse("FRA"), Sample.Cell(1, 0.8)))).ToArray();
        rows[0] = rows[0] with { Active = false };
        using var telemetry = new GaugesUnderTest(new Board { Current = Sample.Snapshot(rows) });
        var text = await telemetry.ReadAsync();
        Assert.DoesNotContain($"orchestrator=\"{rows[0].Orchestrator}\"", text, StringComparison.Ordinal);
        Assert.Contains($"orchestrator=\"{rows[450].Orchestrator}\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_longer_published_is_no_longer_shown()
    {
        var fra = RegionId.Parse("FRA");
        var board = new Board { Current = Sample.Snapshot(Sample.Row(1, (fra, Sample.Cell(1, 0.8))), Sample.Row(2, (fra, Sample.Cell(1, 0.8)))) };
        using var telemetry = new GaugesUnderTest(board);
        Assert.Equal(2, Scores().Count(await telemetry.ReadAsync()));

        board.Current = Sample.Snapshot(Sample.Row(2, (fra, Sample.Cell(0.5, 0.8))));
        await telemetry.ReadAsync();
        var only = Assert.Single(Scores().Matches(await telemetry.ReadAsync()));
        Assert.Equal(Sample.Orch(2).Text, only.Groups[1].Value);
        Assert.EndsWith(" 0.4", only.Value, StringComparison.Ordinal);
    }

    [GeneratedRegex("^monitoring_score_ratio\\{orchestrator=\"(0x[0-9a-f]{40})\",region=\"[A-Z]+\"\\} [0-9.]+", RegexOptions.Multiline)]
    private static partial Regex Scores();

    [GeneratedRegex("^monitoring_.*orchestrator=", RegexOptions.Multiline)]
    private static partial Regex ByOrchestrator();
}
