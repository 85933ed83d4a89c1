using System.Text;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>By which rules and for whom the days were planned, as far back as a day is published. Immutable.</summary>
public sealed record PlanHistory
{
    /// <summary>How far back it goes. 40 days.</summary>
    public static TimeSpan Keep { get; } = TimeSpan.FromDays(40);

    /// <summary>Nothing was planned yet.</summary>
    public static PlanHistory Empty { get; } = new();

    /// <summary>The schedule's rules, each from an instant on, oldest first.</summary>
    public ImmutableArray<PublishedRules> Rules { get; init; } = [];

    /// <summary>Everybody's parts in the slots, each from an instant on; those of one orchestrator together, oldest first.</summary>
    public ImmutableArray<PublishedShare> Shares { get; init; } = [];

    /// <summary>These rules are in force from now on. Where they are in force already, the same history.</summary>
    public PlanHistory With(SchedulePolicy policy, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var next = new PublishedRules(now, policy.TestsPerDay, policy.Regions, policy.Guard.TotalSeconds, policy.SurpriseOneIn);
        return Rules is [.., var last] && Same(last, next) ? this : this with { Rules = [.. Kept(Rules.Add(next), r => r.From, now)] };
    }

    /// <summary>Orchestrators' parts in the slots from now on; null for one that has left. Where nothing changes, the same history.</summary>
    public PlanHistory With(IEnumerable<(OrchestratorId Id, SlotShare? Share)> shares, DateTimeOffset now)
    {
        var known = Shares.GroupBy(s => s.Orchestrator).ToDictionary(g => g.Key, g => g.ToImmutableArray());
        var isChanged = false;
        foreach (var (id, share) in shares)
        {
            var next = new PublishedShare(now, id, share?.Endpoint, share?.Index ?? 0, share?.Count ?? 0);
            var before = known.GetValueOrDefault(id, []);
            if (before is [.., var last] ? last with { From = now } == next : share is null) continue;
            known[id] = [.. Kept(before.Add(next), s => s.From, now)];
            isChanged = true;
        }

        // Of somebody whose last day is not published any more nothing is kept.
        return isChanged
            ? this with { Shares = [.. known.Where(k => k.Value[^1] is not { Endpoint: null } gone || gone.From >= now - Keep).OrderBy(k => k.Key).SelectMany(k => k.Value)] }
            : this;
    }

    /// <summary>The history after changes that somebody else made.</summary>
    /// <param name="changes">All rules, and the shares of those that changed.</param>
    /// <param name="changed">Who they are; of one that has no shares in the changes nothing is kept.</param>
    public PlanHistory With(PlanHistory changes, IReadOnlySet<OrchestratorId> changed)
    {
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(changed);
        return changes with { Shares = [.. Shares.Where(s => !changed.Contains(s.Orchestrator)), .. changes.Shares] };
    }

    /// <summary>What may be told of a day.</summary>
    /// <param name="day">The day.</param>
    /// <param name="now">The instant, UTC.</param>
    /// <param name="commitment">The commitment to the day's secret.</param>
    /// <param name="secret">The secret; null while the day is not over.</param>
    /// <returns>Null for a day that nothing was planned on, or that lies further ahead than tomorrow.</returns>
    public PublishedDay? Of(DateOnly day, DateTimeOffset now, string commitment, string? secret)
    {
        if (day > DateOnly.FromDateTime(now.UtcDateTime).AddDays(1)) return null;
        var begins = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        var rules = InForce(Rules, r => r.From, begins);
        if (rules.Length == 0) return null;
        var published = new PublishedDay { Day = day, Commitment = commitment, Secret = secret };
        return secret is null ? published : published with
        {
            Anchor = Encoding.ASCII.GetString(DaySeed.DateAnchor(day)),
            Rules = rules,
            Enrolment = [.. Shares.GroupBy(s => s.Orchestrator).SelectMany(g => InForce([.. g], s => s.From, begins)).OrderBy(s => s.Orchestrator).ThenBy(s => s.From)],
        };
    }

    // What was in force as the day began, and what came into force during it.
    private static ImmutableArray<T> InForce<T>(ImmutableArray<T> entries, Func<T, DateTimeOffset> from, DateTimeOffset begins)
    {
        var ends = begins.AddDays(1);
        var before = 0;
        for (var i = 0; i < entries.Length && from(entries[i]) <= begins; i++) before = i;
        return [.. entries.Skip(before).TakeWhile(e => from(e) < ends)];
    }

    // What was in force as the oldest published day began is kept too.
    private static IEnumerable<T> Kept<T>(ImmutableArray<T> entries, Func<T, DateTimeOffset> from, DateTimeOffset now)
    {
        var old = 0;
        while (old + 1 < entries.Length && from(entries[old + 1]) < now - Keep) old++;
        return entries.Skip(old);
    }

    private static bool Same(PublishedRules a, PublishedRules b) =>
        a.TestsPerDay == b.TestsPerDay && a.Regions.SequenceEqual(b.Regions) && a.GuardSeconds.Equals(b.GuardSeconds) && a.SurpriseOneIn == b.SurpriseOneIn;
}
