using Monitoring.Core;

namespace Monitoring.Storage.Results;

/// <summary>Adds the last revisions of tests up by orchestrator, region, hour and method.</summary>
/// <param name="onOverflow">Gets a test whose sums no 64 bits hold; it is then a planned test only.</param>
internal sealed class HourlyFold(Action<OutcomeRevision> onOverflow)
{
    private readonly Dictionary<(DateTimeOffset Hour, OrchestratorId, RegionId, string Method), HourlySums> _rows = [];

    /// <summary>The sums so far, by hour, orchestrator, region and method.</summary>
    public List<HourlySums> Rows => [.. _rows.Values
        .OrderBy(row => row.Hour).ThenBy(row => row.Orchestrator).ThenBy(row => row.Region).ThenBy(row => row.Method, StringComparer.Ordinal)];

    /// <summary>The sums of the last revision of each test.</summary>
    public static List<HourlySums> Fold(IEnumerable<OutcomeRevision> last, Action<OutcomeRevision> onOverflow)
    {
        var fold = new HourlyFold(onOverflow);
        foreach (var revision in last) fold.Add(revision);
        return fold.Rows;
    }

    /// <summary>Adds the last revision of a test.</summary>
    public void Add(OutcomeRevision revision)
    {
        var utc = revision.TestTime.UtcTicks;
        var hour = new DateTimeOffset(utc - (utc % TimeSpan.TicksPerHour), TimeSpan.Zero);
        var key = (hour, revision.Orchestrator, revision.Region, revision.Summary?.Method ?? "");
        var row = _rows.GetValueOrDefault(key) ?? new HourlySums(revision.Orchestrator, revision.Region, hour, key.Item4, default, 0, 0);
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

        _rows[key] = row;
    }
}
