using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Monitoring.Core;
using Monitoring.Storage;
using Monitoring.Web;

namespace Monitoring.Standalone.Hub;

/// <summary>
/// Remembers by which rules and for whom each day was planned (<see cref="PlanHistory"/>), and publishes it once the day is over. Written by the
/// hub's loop, read by anybody.
/// </summary>
internal sealed class ScheduleBook(IStateLog log, PlanBook plans, SchedulePolicy policy, TimeProvider time) : IScheduleBook
{
    private const string Rules = "plan-rules";
    private const string Shares = "plan-shares";

    /// <summary>The rules that are in force from now on; call it at start.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var known = PlanHistory.Empty with { Rules = [.. ReadRules()] };
        var next = known.With(policy, time.GetUtcNow());
        if (!ReferenceEquals(known, next)) await log.PutAsync(Rules, "all", JsonSerializer.Serialize(next.Rules.ToList(), ScheduleBookJson.Default.ListPublishedRules), cancellationToken);
    }

    /// <summary>Orchestrators' parts in the slots from now on; null for one that has left.</summary>
    public Task ShareAsync(IEnumerable<(OrchestratorId Id, SlotShare? Share)> shares, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var changed = new List<StateEntry>();
        foreach (var share in shares)
        {
            var known = PlanHistory.Empty with { Shares = log.Find(Shares, share.Id.Text) is { } json ? [.. Parse(json, ScheduleBookJson.Default.ListPublishedShare)] : [] };
            var next = known.With([share], now);
            if (!ReferenceEquals(known, next)) changed.Add(new StateEntry(Shares, share.Id.Text, JsonSerializer.Serialize(next.Shares.ToList(), ScheduleBookJson.Default.ListPublishedShare)));
        }

        return log.PutAllAsync(changed, cancellationToken);
    }

    /// <summary>Forgets somebody whose last day is not published any more.</summary>
    public Task ForgetAsync(OrchestratorId id, CancellationToken cancellationToken) => log.RemoveAsync(Shares, id.Text, cancellationToken);

    /// <inheritdoc />
    public PublishedDay? Find(DateOnly day)
    {
        var now = time.GetUtcNow();
        var secret = plans.Reveal(day, now);
        var history = PlanHistory.Empty with
        {
            Rules = [.. ReadRules()],
            Shares = secret is null ? [] : [.. log.Read(Shares).SelectMany(e => Parse(e.Json, ScheduleBookJson.Default.ListPublishedShare))],
        };
        return history.Of(day, now, plans.Commitment(day), secret);
    }

    private List<PublishedRules> ReadRules() => log.Find(Rules, "all") is { } json ? Parse(json, ScheduleBookJson.Default.ListPublishedRules) : [];

    private static List<T> Parse<T>(string json, JsonTypeInfo<List<T>> type) => JsonSerializer.Deserialize(json, type) ?? [];
}

[JsonSerializable(typeof(List<PublishedRules>))]
[JsonSerializable(typeof(List<PublishedShare>))]
internal sealed partial class ScheduleBookJson : JsonSerializerContext;
