using System.Text.Json;
using System.Text.Json.Serialization;
using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Standalone.Hub;

/// <summary>
/// Remembers over a restart whether each orchestrator is up, and its incidents. A change of phase or of an incident is written before
/// anybody is told of it; the mere checks of the day every few minutes, for a crash may cost that much of them. Used by the hub's loop alone.
/// </summary>
internal sealed class AvailabilityKeeper(IStateLog log, TimeSpan every, TimeSpan retry)
{
    private const string Kind = "availability";
    private const string NetworkKind = "network-incidents";
    private readonly HashSet<OrchestratorId> _changed = [];
    private readonly HashSet<OrchestratorId> _urgent = [];
    private bool _networkIsUrgent;
    private DateTimeOffset _next = DateTimeOffset.MaxValue;
    private DateTimeOffset _retryAt;

    /// <summary>False while something was decided that is not written yet: nobody may be told of it.</summary>
    public bool IsSettled => _urgent.Count == 0 && !_networkIsUrgent;

    /// <summary>What was known when the last process ended.</summary>
    public IEnumerable<(OrchestratorId Id, AvailabilityState Availability)> Read() =>
        log.Read(Kind).Select(e => (OrchestratorId.Parse(e.Key), JsonSerializer.Deserialize(e.Json, AvailabilityJson.Default.AvailabilityState)!));

    /// <summary>The incidents of the whole network.</summary>
    public IncidentBook ReadNetwork() =>
        log.Find(NetworkKind, "all") is { } json ? JsonSerializer.Deserialize(json, AvailabilityJson.Default.IncidentBook)! : IncidentBook.Empty;

    /// <summary>An orchestrator's availability is another one.</summary>
    public void Changed(OrchestratorId id, AvailabilityState before, AvailabilityState after, DateTimeOffset now)
    {
        if (ReferenceEquals(before, after)) return;
        _changed.Add(id);
        if (before.Phase != after.Phase || before.Flapping != after.Flapping || !ReferenceEquals(before.Incidents, after.Incidents)) _urgent.Add(id);
        if (_next == DateTimeOffset.MaxValue) _next = now + every;
    }

    /// <summary>The network's incidents are others.</summary>
    public void NetworkChanged() => _networkIsUrgent = true;

    /// <summary>When <see cref="KeepAsync"/> has something to do next.</summary>
    public DateTimeOffset NextAt => !IsSettled ? _retryAt : _next > _retryAt ? _next : _retryAt;

    /// <summary>Writes what is due. A disk that refuses is tried again a little later.</summary>
    public async Task KeepAsync(IReadOnlyDictionary<OrchestratorId, OrchestratorState> states, IncidentBook network, DateTimeOffset now)
    {
        var all = now >= _next;
        if (now < _retryAt || (IsSettled && !all)) return;
        var entries = (all ? _changed : _urgent).Where(states.ContainsKey)
            .Select(id => new StateEntry(Kind, id.Text, JsonSerializer.Serialize(states[id].Availability, AvailabilityJson.Default.AvailabilityState))).ToList();
        if (_networkIsUrgent) entries.Add(new StateEntry(NetworkKind, "all", JsonSerializer.Serialize(network, AvailabilityJson.Default.IncidentBook)));
        try
        {
            await log.PutAllAsync(entries, CancellationToken.None);
        }
        catch (StorageFullException)
        {
            _retryAt = now + retry;
            return;
        }

        _changed.ExceptWith(all ? [.. _changed] : _urgent);
        _urgent.Clear();
        _networkIsUrgent = false;
        if (_changed.Count == 0) _next = DateTimeOffset.MaxValue;
    }

    /// <summary>Forgets somebody who left long ago.</summary>
    public Task ForgetAsync(OrchestratorId id)
    {
        _changed.Remove(id);
        _urgent.Remove(id);
        return log.RemoveAsync(Kind, id.Text, CancellationToken.None);
    }
}

[JsonSerializable(typeof(AvailabilityState))]
[JsonSerializable(typeof(IncidentBook))]
internal sealed partial class AvailabilityJson : JsonSerializerContext;
