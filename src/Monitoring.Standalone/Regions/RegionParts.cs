using System.Globalization;
using Monitoring.Core;
using Monitoring.Standalone.Hub;
using Monitoring.Web;

namespace Monitoring.Standalone.Regions;

/// <summary>
/// Each region as a part of the instrument: whether it measures, when it last asked for work, how many jobs it has, how far its clock is off, what waits
/// in its spool, and what of it was refused.
/// </summary>
internal sealed class RegionParts(MonitorHub hub, RefusedRegions? refused, TimeProvider time) : IInstrumentStatus
{
    /// <summary>A lie is told of for so long.</summary>
    private static readonly TimeSpan LieFor = TimeSpan.FromHours(24);

    /// <summary>A refused stranger is told of for so long.</summary>
    private static readonly TimeSpan RefusedFor = TimeSpan.FromHours(1);

    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private readonly Lock _lock = new();
    private readonly Dictionary<RegionId, InstrumentState> _last = [];

    /// <inheritdoc />
    public ImmutableArray<InstrumentState> Current
    {
        get
        {
            var now = time.GetUtcNow();
            lock (_lock)
            {
                var states = ImmutableArray.CreateBuilder<InstrumentState>();
                foreach (var standing in hub.Regions)
                {
                    var (level, text, since) = Judge(standing, now);

                    // Of one level it has been since it came to it.
                    var before = _last.GetValueOrDefault(standing.Region);
                    var state = new InstrumentState($"Region: {standing.Region}", level, text, before?.Level == level ? before.Since : since);
                    _last[standing.Region] = state;
                    states.Add(state);
                }

                return states.ToImmutable();
            }
        }
    }

    private (InstrumentLevel Level, string Text, DateTimeOffset Since) Judge(RegionStanding standing, DateTimeOffset now)
    {
        var vitals = standing.Vitals;
        var figures = Figures(standing, now);
        var asked = standing.LastAsked ?? _startedAt;
        if (now - asked > hub.StaleAfter)
        {
            return (InstrumentLevel.Alarm, standing.LastAsked is null
                ? $"Stale: it has not asked for work since this hub started. Start 'monitor region' there, or look at its log. {figures}"
                : $"Stale: it has not asked for work for {Span(now - asked)}; its tests are not run. Look at its process and its network. {figures}", asked);
        }

        if (standing.Anomaly is { } anomaly) return (InstrumentLevel.Alarm, $"Its results since {anomaly.From:u} are void: {anomaly.Reason}. {figures}", anomaly.From);
        if (vitals?.Fault is { } fault) return (InstrumentLevel.Alarm, $"It is not fit to measure ({fault}): {vitals.Detail}. {figures}", standing.ToldAt);
        if (vitals?.SpoolIsFull == true) return (InstrumentLevel.Alarm, $"Its spool is full, so it leases nothing until results were taken. {figures}", standing.ToldAt);
        if (Refusal(standing.Region, now) is { } refusal) return refusal with { Text = $"{refusal.Text} {figures}" };
        if (vitals?.ClockOffset is { } offset && offset.Duration() > ClockTolerance / 2)
            return (InstrumentLevel.Warning, $"Its clock is off; beyond {ClockTolerance.TotalSeconds:0} s its tests are void. {figures}", standing.ToldAt);
        if (vitals is { Alarms.IsEmpty: false }) return (InstrumentLevel.Alarm, $"{string.Join(" ", vitals.Alarms)} {figures}", standing.ToldAt);
        return (InstrumentLevel.Ok, $"It measures. {figures}", standing.LastAsked ?? _startedAt);
    }

    private (InstrumentLevel Level, string Text, DateTimeOffset Since)? Refusal(RegionId region, DateTimeOffset now)
    {
        foreach (var refusals in refused?.Of(region) ?? [])
        {
            var isLie = refusals.Kind == RefusalKind.Lie;
            if (now - refusals.Last > (isLie ? LieFor : RefusedFor)) continue;
            return isLie
                ? (InstrumentLevel.Alarm, $"It reported what cannot be true ({refusals.Count} times, last {refusals.Last:u}); each was refused: {refusals.Reason}. Find out who holds its key; 'monitor region revoke {region}' ends it.", refusals.First)
                : (InstrumentLevel.Warning, $"Somebody who says to be it was refused ({refusals.Kind}, {refusals.Count} times, last {refusals.Last:u}): {refusals.Reason}.", refusals.First);
        }

        return null;
    }

    private static string Figures(RegionStanding standing, DateTimeOffset now)
    {
        var parts = new List<string>();
        if (standing.LastAsked is { } asked) parts.Add($"last lease asked {Span(now - asked)} ago");
        parts.Add($"{Number(standing.Leased)} leased, {Number(standing.Waiting)} waiting");
        if (standing.Vitals is { } vitals)
        {
            parts.Add($"{Number(vitals.Spooled)} in its spool");
            parts.Add($"{Number(vitals.Busy)} of {Number(vitals.Workers)} workers taken");
            if (vitals.ClockOffset is { } offset) parts.Add(string.Create(CultureInfo.InvariantCulture, $"clock {-offset.TotalSeconds:+0.000;-0.000;0} s"));
            if (vitals.Software.Length > 0) parts.Add($"version {Outcome.Clean(vitals.Software)}");
        }

        return $"({string.Join("; ", parts)})";
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Span(TimeSpan span) => span < TimeSpan.FromSeconds(120)
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, span.TotalSeconds):0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min");
}
