using System.Globalization;
using System.Text;
using Monitoring.Core;
using Monitoring.Storage.Postgres;

namespace Monitoring.Web;

/// <summary>
/// Turns rows of the old server into outcomes: those that the same posts would be here, except that nothing is refused for its age or its
/// region, and that each stands where the old server's windows had it, at the time of its arrival.
/// </summary>
public static class LegacyEvents
{
    // Before it there was no network to be measured; whatever says so has a broken clock.
    private static readonly DateTimeOffset Earliest = new(2018, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The outcome of a row, which counts once however often it is imported; null when it cannot be one.</summary>
    /// <param name="row">The row.</param>
    /// <param name="now">No row is of later.</param>
    /// <param name="problem">Why it cannot be one, without text of the row.</param>
    public static OutcomeRevision? TryRead(LegacyEventRow row, DateTimeOffset now, out string problem)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (PostedBody.TryParse(Encoding.UTF8.GetBytes(row.Payload), out problem) is not { } body) return null;
        if (row.Orchestrator.Length > 0) body.Orchestrator = row.Orchestrator;
        problem = row.Id < 0 ? "its id is negative"
            : row.EventTime < Earliest || row.EventTime > now + PostedResult.Ahead ? "its event_time lies before 2018 or ahead of the clock"
            : PostedResult.ImpossibleValue(body);
        if (problem.Length > 0) return null;
        if (!RegionId.TryParse(row.Region.Length > 0 ? row.Region : body.Region, out var region) || region == RegionId.Global)
        {
            problem = "its region is none that is measured";
            return null;
        }

        var time = row.EventTime.ToUniversalTime();
        return PostedResult.Of(body, TestId.Parse(string.Create(CultureInfo.InvariantCulture, $"event-{row.Id}")), region, time, time);
    }
}
