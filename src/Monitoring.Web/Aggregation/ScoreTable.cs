using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>
/// The body of <c>aggregated_stats</c>: lower-case address, upper-case region, numbers and nothing else, both levels in order of their keys.
/// A gateway decodes it into address, string, number, and drops everything if one value is of another kind (leaderboard reference A.12), so no
/// other code writes it. An orchestrator is in it with at least one cell: an empty object makes the explorer fail for all (B.3).
/// </summary>
internal sealed class ScoreTable
{
    private readonly SortedDictionary<OrchestratorId, SortedDictionary<RegionId, Scores>> _rows = [];

    /// <summary>Sets a cell; the last value set stays. <see cref="RegionId.Global"/> is left to the clients, who compute it.</summary>
    public void Set(OrchestratorId orchestrator, RegionId region, Scores scores)
    {
        if (region == RegionId.Global || region.Code.Length == 0) return;
        if (!_rows.TryGetValue(orchestrator, out var cells)) _rows.Add(orchestrator, cells = []);
        cells[region] = scores;
    }

    public byte[] ToJson() => JsonBytes.Of(json =>
    {
        json.WriteStartObject();
        foreach (var (orchestrator, cells) in _rows)
        {
            json.WriteStartObject(orchestrator.Text);
            foreach (var (region, scores) in cells)
            {
                json.WriteStartObject(region.Code);
                json.WriteFinite("success_rate"u8, scores.SuccessRate);
                json.WriteFinite("round_trip_score"u8, scores.RoundTripScore);
                json.WriteFinite("score"u8, scores.Total);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    });
}
