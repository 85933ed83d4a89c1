using System.Text.Json;
using Monitoring.Standalone.Tests.EndToEnd;

namespace Monitoring.Standalone.Tests.Crash;

/// <summary>Every result of the monitor's own tests that its API has shown: whoever has read one must find it again as it was.</summary>
internal sealed class SeenRows
{
    private readonly Dictionary<(string Orchestrator, string Region, long Timestamp), string> _rows = [];

    public int Count => _rows.Count;

    /// <summary>Whoever had a row.</summary>
    public IEnumerable<string> Orchestrators => _rows.Keys.Select(k => k.Orchestrator).Distinct();

    /// <summary>Reads the rows, and finds among them all that were seen before, each once and unchanged.</summary>
    public async Task ReadAsync(MonitorApi api, IEnumerable<string> orchestrators, CancellationToken cancellationToken)
    {
        foreach (var orchestrator in orchestrators)
        {
            var now = new Dictionary<(string, string, long), string>();
            foreach (var (region, row) in await api.RawAsync(orchestrator, cancellationToken))
            {
                using var read = JsonDocument.Parse(row);
                var key = (orchestrator, region, read.RootElement.GetProperty("timestamp").GetInt64());
                Assert.True(now.TryAdd(key, row), $"{key} is there twice");
            }

            foreach (var (key, row) in _rows.Where(r => r.Key.Orchestrator == orchestrator))
            {
                Assert.True(now.TryGetValue(key, out var found), $"{key} was shown and is gone");
                Assert.Equal(row, found);
            }

            foreach (var (key, row) in now) _rows[key] = row;
        }
    }

    /// <summary>The rows of one cell.</summary>
    public IEnumerable<string> Of(string orchestrator, string region) =>
        _rows.Where(r => r.Key.Orchestrator == orchestrator && r.Key.Region == region).OrderBy(r => r.Key.Timestamp).Select(r => r.Value);
}
