using Monitoring.Core;

namespace Monitoring.Storage.Results;

/// <summary>Adds the last revisions of tests up by orchestrator, region, hour and method.</summary>
internal static class HourlyFold
{
    /// <summary>The sums, by hour, orchestrator, region and method.</summary>
    /// <param name="last">The last revision of each test.</param>
    /// <param name="onOverflow">Gets a test whose sums no 64 bits hold; it is then a planned test only.</param>
    public static List<HourlySums> Fold(IEnumerable<OutcomeRevision> last, Action<OutcomeRevision> onOverflow)
    {
        var rows = new Dictionary<(DateTimeOffset Hour, OrchestratorId, RegionId, string Method), HourlySums>();
        foreach (var revision in last)
        {
            var utc = revision.TestTime.UtcTicks;
            var hour = new DateTimeOffset(utc - (utc % TimeSpan.TicksPerHour), TimeSpan.Zero);
            var key = (hour, revision.Orchestrator, revision.Region, revision.Summary?.Method ?? "");
            var row = rows.GetValueOrDefault(key) ?? new HourlySums(revision.Orchestrator, revision.Region, hour, key.Item4, default, 0, 0);
            row = row with { Planned = row.Planned + 1 };
            if (revision is { Outcome.Counts: true, Summary: { } summary })
            {
                try
                {
                    row = row with { Sums = row.Sums + summary.Sums, Tests = row.Tests + 1 };
                }
                catch (OverflowException)
                {
                    onOverflow(revision);
                }
            }

            rows[key] = row;
        }

        return [.. rows.Values
            .OrderBy(row => row.Hour).ThenBy(row => row.Orchestrator).ThenBy(row => row.Region).ThenBy(row => row.Method, StringComparer.Ordinal)];
    }
}
