using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Monitoring.Core;
using Monitoring.Storage;
using Monitoring.Web;

namespace Monitoring.Standalone.Hub;

/// <summary>
/// Remembers by which rules and for whom each day was planned, and publishes it once the day is over. Written by the hub's loop, read by
/// anybody.
/// </summary>
internal sealed class ScheduleBook(IStateLog log, PlanBook plans, SchedulePolicy policy, TimeProvider time) : IScheduleBook
{
    private const string Rules = "plan-rules";
    private const string Shares = "plan-shares";
    private static readonly TimeSpan Keep = TimeSpan.FromDays(40);

    /// <summary>The rules that are in force from now on; call it at start.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var known = Read(Rules, "all", ScheduleBookJson.Default.ListPublishedRules);
        var next = new PublishedRules(now, policy.TestsPerDay, policy.Regions, policy.Guard.TotalSeconds, policy.SurpriseOneIn);
        if (known.LastOrDefault() is { } last && Same(last, next)) return;
        known.Add(next);
        while (known.Count > 1 && known[1].From < now - Keep) known.RemoveAt(0);
        await log.PutAsync(Rules, "all", JsonSerializer.Serialize(known, ScheduleBookJson.Default.ListPublishedRules), cancellationToken);
    }

    /// <summary>Orchestrators' parts in the slots from now on; null for one that has left.</summary>
    public Task ShareAsync(IEnumerable<(OrchestratorId Id, SlotShare? Share)> shares, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var changed = new List<StateEntry>();
        foreach (var (id, share) in shares)
        {
            var known = Read(Shares, id.Text, ScheduleBookJson.Default.ListPublishedShare);
            var next = new PublishedShare(now, id, share?.Endpoint, share?.Index ?? 0, share?.Count ?? 0);
            if (known.LastOrDefault() is { } last && last with { From = now } == next) continue;
            known.Add(next);
            while (known.Count > 1 && known[1].From < now - Keep) known.RemoveAt(0);
            changed.Add(new StateEntry(Shares, id.Text, JsonSerializer.Serialize(known, ScheduleBookJson.Default.ListPublishedShare)));
        }

        return log.PutAllAsync(changed, cancellationToken);
    }

    /// <summary>Forgets somebody whose last day is not published any more.</summary>
    public Task ForgetAsync(OrchestratorId id, CancellationToken cancellationToken) => log.RemoveAsync(Shares, id.Text, cancellationToken);

    /// <inheritdoc />
    public PublishedDay? Find(DateOnly day)
    {
        var now = time.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        if (day > today.AddDays(1)) return null;
        var begins = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        var rules = InForce(Read(Rules, "all", ScheduleBookJson.Default.ListPublishedRules), r => r.From, begins);
        if (rules.Count == 0) return null;
        var secret = plans.Reveal(day, now);
        var published = new PublishedDay { Day = day, Commitment = plans.Commitment(day), Secret = secret };
        return secret is null ? published : published with
        {
            Anchor = Encoding.ASCII.GetString(DaySeed.DateAnchor(day)),
            Rules = [.. rules],
            Enrolment = [.. log.Read(Shares)
                .SelectMany(e => InForce(Parse(e.Json, ScheduleBookJson.Default.ListPublishedShare), s => s.From, begins))
                .OrderBy(s => s.Orchestrator).ThenBy(s => s.From)],
        };
    }

    // What was in force as the day began, and what came into force during it.
    private static List<T> InForce<T>(List<T> entries, Func<T, DateTimeOffset> from, DateTimeOffset begins)
    {
        var ends = begins.AddDays(1);
        var before = entries.FindLastIndex(e => from(e) <= begins);
        return [.. entries.Skip(Math.Max(0, before)).TakeWhile(e => from(e) < ends)];
    }

    private static bool Same(PublishedRules a, PublishedRules b) =>
        a.TestsPerDay == b.TestsPerDay && a.Regions.SequenceEqual(b.Regions) && a.GuardSeconds.Equals(b.GuardSeconds) && a.SurpriseOneIn == b.SurpriseOneIn;

    private static List<T> Parse<T>(string json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<List<T>> type) => JsonSerializer.Deserialize(json, type) ?? [];

    private List<T> Read<T>(string kind, string key, System.Text.Json.Serialization.Metadata.JsonTypeInfo<List<T>> type) =>
        log.Find(kind, key) is { } json ? Parse(json, type) : [];
}

[JsonSerializable(typeof(List<PublishedRules>))]
[JsonSerializable(typeof(List<PublishedShare>))]
internal sealed partial class ScheduleBookJson : JsonSerializerContext;
