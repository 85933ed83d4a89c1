using System.Text.Json;

namespace Monitoring.Standalone.Tests.Observability;

public sealed class Dashboards_are_well_made
{
    [Fact]
    public void There_is_one_for_each_question()
    {
        Assert.Equal(["cost.json", "instrument.json", "network.json", "orchestrator.json", "region.json"], Dashboards.All().Select(d => d.File));
        Assert.Equal(5, Dashboards.All().Select(d => d.Board.GetProperty("uid").GetString()).Distinct().Count());
    }

    [Fact]
    public void Each_can_be_used_with_any_source_of_data_and_says_what_it_shows()
    {
        foreach (var (file, board) in Dashboards.All())
        {
            Assert.False(board.TryGetProperty("id", out _), $"{file} has an id of the server that it was saved on.");
            Assert.StartsWith("monitoring-", board.GetProperty("uid").GetString(), StringComparison.Ordinal);
            Assert.NotEmpty(board.GetProperty("title").GetString()!);
            Assert.NotEmpty(board.GetProperty("description").GetString()!);
            Assert.Equal("datasource", board.GetProperty("templating").GetProperty("list")[0].GetProperty("type").GetString());
            Assert.All(Uids(board), uid => Assert.Equal("${datasource}", uid));
        }
    }

    [Fact]
    public void Every_panel_has_a_title_a_description_a_unit_and_an_expression()
    {
        foreach (var (file, board) in Dashboards.All())
        {
            var panels = Dashboards.Panels(board).ToArray();
            Assert.InRange(panels.Length, 5, 30);
            Assert.Equal(panels.Length, panels.Select(p => p.GetProperty("id").GetInt32()).Distinct().Count());
            Assert.Equal(panels.Length, panels.Select(p => p.GetProperty("title").GetString()).Distinct().Count());
            foreach (var panel in panels)
            {
                var title = $"{file}: {panel.GetProperty("title").GetString()}";
                Assert.True(panel.GetProperty("description").GetString()!.Length >= 20, $"{title} says too little.");
                Assert.NotEmpty(panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit").GetString()!);
                Assert.NotEmpty(Dashboards.Expressions(panel));
                Assert.True(panel.GetProperty("gridPos").GetProperty("x").GetInt32() + panel.GetProperty("gridPos").GetProperty("w").GetInt32() <= 24, $"{title} is too wide.");
            }
        }
    }

    [Fact]
    public void Every_variable_that_is_used_is_there()
    {
        foreach (var (file, board) in Dashboards.All())
        {
            var there = board.GetProperty("templating").GetProperty("list").EnumerateArray().Select(v => v.GetProperty("name").GetString()!).Append("__rate_interval").ToArray();
            var used = Dashboards.Panels(board).SelectMany(Dashboards.Expressions)
                .SelectMany(e => System.Text.RegularExpressions.Regex.Matches(e, "\\$([a-z_]+)")).Select(m => m.Groups[1].Value).Distinct();
            Assert.All(used, name => Assert.True(there.Contains(name), $"{file} uses ${name}, which is no variable of it."));
        }
    }

    private static IEnumerable<string> Uids(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p =>
            p.Name == "datasource" && p.Value.ValueKind == JsonValueKind.Object ? [p.Value.GetProperty("uid").GetString()!] : Uids(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Uids),
        _ => [],
    };
}
