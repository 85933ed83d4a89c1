using System.Text.Json;

namespace Monitoring.Web.Tests;

/// <summary>
/// Decodes aggregated_stats as a go-livepeer gateway does (leaderboard reference A.12): address, string, string, float64. Anything else
/// fails the whole answer. And as the explorer needs it (B.3): lower-case keys, nobody without a region.
/// </summary>
internal static class GatewayDecoder
{
    public static Dictionary<string, Dictionary<string, Dictionary<string, double>>> Decode(string body)
    {
        using var json = JsonDocument.Parse(body);
        var board = new Dictionary<string, Dictionary<string, Dictionary<string, double>>>();
        Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
        foreach (var orchestrator in json.RootElement.EnumerateObject())
        {
            Assert.Matches("^0x[0-9a-f]{40}$", orchestrator.Name);
            var regions = new Dictionary<string, Dictionary<string, double>>();
            foreach (var region in orchestrator.Value.EnumerateObject())
            {
                Assert.Matches("^[A-Z0-9]{2,16}$", region.Name);
                Assert.NotEqual("GLOBAL", region.Name);
                var cell = new Dictionary<string, double>();
                foreach (var number in region.Value.EnumerateObject())
                {
                    Assert.Equal(JsonValueKind.Number, number.Value.ValueKind);
                    var value = number.Value.GetDouble();
                    Assert.InRange(value, 0, 1);
                    cell.Add(number.Name, value);
                }

                Assert.Equal(["success_rate", "round_trip_score", "score"], cell.Keys);
                regions.Add(region.Name, cell);
            }

            Assert.NotEmpty(regions);
            Assert.Equal(regions.Keys.Order(StringComparer.Ordinal), regions.Keys);
            board.Add(orchestrator.Name, regions);
        }

        Assert.Equal(board.Keys.Order(StringComparer.Ordinal), board.Keys);
        return board;
    }
}
