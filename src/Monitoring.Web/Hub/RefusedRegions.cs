using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>What was refused of one kind.</summary>
/// <param name="Kind">What was wrong.</param>
/// <param name="Count">How often since the start.</param>
/// <param name="First">When first, UTC.</param>
/// <param name="Last">When last, UTC.</param>
/// <param name="Reason">What was said the last time.</param>
public sealed record Refusals(RefusalKind Kind, long Count, DateTimeOffset First, DateTimeOffset Last, string Reason);

/// <summary>
/// Counts what regions said and was refused, and logs it: the first of its kind at once, then at most one line a minute, so that a stranger cannot fill
/// the log.
/// </summary>
/// <param name="regions">The regions of other processes.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where it is logged.</param>
public sealed partial class RefusedRegions(IEnumerable<RegionId> regions, TimeProvider time, ILogger<RefusedRegions> log) : IRegionRefusals
{
    private static readonly TimeSpan LogEvery = TimeSpan.FromMinutes(1);
    private readonly ImmutableHashSet<RegionId> _regions = [.. regions];
    private readonly Lock _lock = new();
    private readonly Dictionary<(RegionId Region, RefusalKind Kind), (Refusals Refusals, DateTimeOffset LoggedAt)> _seen = [];

    /// <inheritdoc />
    public void Refused(RegionId region, RefusalKind kind, string reason)
    {
        // Whoever is not one of ours can be anybody, under any number of names.
        if (!_regions.Contains(region)) return;
        var now = time.GetUtcNow();
        var text = Outcome.Clean(reason);
        long count;
        lock (_lock)
        {
            var (known, loggedAt) = _seen.GetValueOrDefault((region, kind), (new Refusals(kind, 0, now, now, ""), DateTimeOffset.MinValue));
            known = known with { Count = known.Count + 1, Last = now, Reason = text };
            count = now - loggedAt >= LogEvery ? known.Count : 0;
            _seen[(region, kind)] = (known, count > 0 ? now : loggedAt);
        }

        if (count == 0) return;
        if (kind == RefusalKind.Lie) LogLie(region, text, count);
        else LogRefused(region, kind, text, count);
    }

    /// <summary>What was refused of a region, the gravest first.</summary>
    public ImmutableArray<Refusals> Of(RegionId region)
    {
        lock (_lock) return [.. _seen.Where(s => s.Key.Region == region).Select(s => s.Value.Refusals).OrderByDescending(r => r.Kind == RefusalKind.Lie).ThenBy(r => r.Kind)];
    }

    [LoggerMessage(1101, LogLevel.Error, "{Region} reported what cannot be true; it was refused ({Count} so far): {Reason}")]
    private partial void LogLie(RegionId region, string reason, long count);

    [LoggerMessage(1102, LogLevel.Warning, "Somebody who says to be {Region} was refused ({Kind}, {Count} so far): {Reason}")]
    private partial void LogRefused(RegionId region, RefusalKind kind, string reason, long count);
}
