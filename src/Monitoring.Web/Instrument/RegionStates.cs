using System.Globalization;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>How a region stands with the hub.</summary>
/// <param name="Region">The region.</param>
/// <param name="LastAsked">When it last asked for work, UTC; null if it has not since the hub started.</param>
/// <param name="Leased">Jobs that are leased to it.</param>
/// <param name="Waiting">Jobs that wait for it.</param>
/// <param name="Vitals">What it last told of itself; null before it did.</param>
/// <param name="ToldAt">When, UTC.</param>
/// <param name="Anomaly">The anomaly that lasts; null for none.</param>
public sealed record RegionStanding(
    RegionId Region, DateTimeOffset? LastAsked, int Leased, int Waiting, RegionVitals? Vitals, DateTimeOffset ToldAt, AnomalySpan? Anomaly);

/// <summary>What was refused of a region, of one kind.</summary>
/// <param name="Kind">What was wrong.</param>
/// <param name="Count">How often since the start.</param>
/// <param name="First">When first, UTC.</param>
/// <param name="Last">When last, UTC.</param>
/// <param name="Reason">What was said the last time.</param>
public readonly record struct RefusedOfRegion(RefusalKind Kind, long Count, DateTimeOffset First, DateTimeOffset Last, string Reason);

/// <summary>
/// Each region as a part of the instrument: whether it measures, when it last asked for work, how many jobs it has, how far its clock is off, what waits
/// in its spool, and what of it was refused.
/// </summary>
/// <param name="regions">How the regions stand, in order of their codes. Asked for each answer: it costs nothing and never throws.</param>
/// <param name="staleAfter">How long a region may ask for no work before it is stale.</param>
/// <param name="refused">What was refused of a region, the gravest first.</param>
/// <param name="command">The program's name, for what to do.</param>
/// <param name="time">The clock.</param>
public sealed class RegionStates(
    Func<ImmutableArray<RegionStanding>> regions, TimeSpan staleAfter, Func<RegionId, IEnumerable<RefusedOfRegion>> refused, string command, TimeProvider time) : IInstrumentStatus
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
                foreach (var standing in regions())
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
        if (now - asked > staleAfter)
        {
            return (InstrumentLevel.Alarm, standing.LastAsked is null
                ? $"Stale: it has not asked for work since this hub started. Start '{command} region' there, or look at its log. {figures}"
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
        foreach (var refusals in refused(region))
        {
            var isLie = refusals.Kind == RefusalKind.Lie;
            if (now - refusals.Last > (isLie ? LieFor : RefusedFor)) continue;
            return isLie
                ? (InstrumentLevel.Alarm, $"It reported what cannot be true ({refusals.Count} times, last {refusals.Last:u}); each was refused: {refusals.Reason}. Find out who holds its key; '{command} region revoke {region}' ends it.", refusals.First)
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
