using System.Security.Cryptography;
using System.Text.Json;
using Monitoring.Cluster.Roles;
using Monitoring.Cluster.State;
using Monitoring.Core;
using Monitoring.Web;

namespace Monitoring.Cluster.Schedule;

/// <inheritdoc cref="IScheduleGrain" />
[HubOnly]
[GrainType("schedule")]
internal sealed class ScheduleGrain([PersistentState(StateNames.Schedule, StateNames.Storage)] IPersistentState<ScheduleDocument> kept, TimeProvider time) : Grain, IScheduleGrain
{
    private long _version = time.GetUtcNow().ToUnixTimeMilliseconds();

    private PlanHistory History => kept.State.History ?? PlanHistory.Empty;

    public async Task<byte[]> Master()
    {
        // Of two activations that race here one fails to write, and reads what the other drew when it is activated again.
        if (kept.State.Master.Length == 0) await this.KeepAsync(kept, kept.State with { Schema = ScheduleDocument.Current, Master = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) });
        return Convert.FromHexString(kept.State.Master);
    }

    public Task Rule(ScheduleRulesWire rules) => RememberAsync(History.With(rules.To(), time.GetUtcNow()));

    public Task Share(ImmutableArray<SlotShareWire> shares) => RememberAsync(History.With(
        shares.Select(s => (s.Id, s.Endpoint is { } endpoint ? new SlotShare(endpoint, s.Index, s.Count) : (SlotShare?)null)), time.GetUtcNow()));

    Task<PlanHistoryWire?> IScheduleGrain.History(long known) => Task.FromResult(
        known == _version ? null : new PlanHistoryWire { Version = _version, Json = JsonSerializer.SerializeToUtf8Bytes(History) });

    private async Task RememberAsync(PlanHistory next)
    {
        if (ReferenceEquals(next, History)) return;
        await this.KeepAsync(kept, kept.State with { Schema = ScheduleDocument.Current, History = next });
        _version = Math.Max(_version + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
    }
}
