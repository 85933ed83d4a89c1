using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Leaderboard;
using Monitoring.Cluster.Orchestrators;
using Monitoring.Cluster.Roles;
using Monitoring.Cluster.Schedule;
using Monitoring.Cluster.State;
using Monitoring.Core;

namespace Monitoring.Cluster.Registry;

/// <summary>
/// The shell of <see cref="EnrolmentRule"/>. A change is remembered before anybody is told of it; who could not be told is told again, and
/// everybody once an hour, which also repairs a reminder that was lost. Many are told in turns, between which others are answered.
/// </summary>
[KeepAlive]
[HubOnly]
[GrainType("registry")]
internal sealed partial class RegistryGrain(
    [PersistentState(StateNames.Registry, StateNames.Storage)] IPersistentState<RegistryDocument> kept,
    HubRules rules,
    TimeProvider time,
    ILogger<RegistryGrain> log) : Grain, IRegistryGrain
{
    /// <summary>The most that are told in one turn.</summary>
    public const int MostInTurn = 512;

    private const int AtOnce = 64;
    private const int MostPosted = 10_000;
    private readonly HashSet<OrchestratorId> _untold = [];
    private readonly HashSet<OrchestratorId> _unshared = [];
    private readonly Queue<OrchestratorId> _toTell = [];
    private IGrainTimer _timer = null!;
    private readonly Dictionary<OrchestratorId, Enrolment> _known = [];
    private EnrolmentRule _rule = null!;
    private DateTimeOffset _everybodyAt;
    private ActiveSet? _active;
    private long _version;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var enrolment in kept.State.Enrolments) _known[enrolment.Id] = enrolment;
        _rule = EnrolmentRule.From(_known.Values.Where(e => e.WithdrawnAt is null)
            .Select(e => new RegistryEntry(e.Id, e.Record.ServiceUri, e.Record.Verified) { Maintenance = e.Record.Maintenance }));
        OweEverybody();
        _everybodyAt = time.GetUtcNow() + rules.EnrolAgainEvery;
        Changed();
        _timer = this.RegisterGrainTimer(static (grain, _) => grain.TickAsync(), this, new GrainTimerCreationOptions(TimeSpan.Zero, rules.RetryAfter));
        return Task.CompletedTask;
    }

    public async Task<int> Walk(ImmutableArray<RegistryEntryWire> listed, bool own = false)
    {
        var now = time.GetUtcNow();
        var rule = (own ? EnrolmentRule.From([]) : _rule).OnWalk(listed.Select(e => e.To()), now);
        var records = rule.Records();
        var changed = new List<Enrolment>();
        foreach (var (id, record) in records)
        {
            var before = _known.GetValueOrDefault(id);
            if (before is not { WithdrawnAt: null }) changed.Add(new Enrolment(id, record, now, null));
            else if (before.Record != record) changed.Add(before with { Record = record });
        }

        changed.AddRange(_known.Values.Where(e => e.WithdrawnAt is null && !records.ContainsKey(e.Id)).Select(e => e with { WithdrawnAt = now }));
        var forgotten = _known.Values.Where(e => e.WithdrawnAt < now - rules.Replay - TimeSpan.FromDays(10)).Select(e => e.Id).Except(changed.Select(c => c.Id)).ToHashSet();
        if (changed.Count > 0 || forgotten.Count > 0)
        {
            var next = _known.Values.Where(e => !forgotten.Contains(e.Id)).ToDictionary(e => e.Id);
            foreach (var enrolment in changed) next[enrolment.Id] = enrolment;
            await this.KeepAsync(kept, kept.State with { Schema = RegistryDocument.Current, Enrolments = [.. next.Values.OrderBy(e => e.Id)] });
            foreach (var id in forgotten) _known.Remove(id);
            foreach (var enrolment in changed)
            {
                _known[enrolment.Id] = enrolment;
                Owe(enrolment.Id);
                if (enrolment.WithdrawnAt is null) LogEnrolled(enrolment.Id, enrolment.Record.ServiceUri);
                else LogWithdrawn(enrolment.Id);
            }
        }

        _rule = rule;
        if (changed.Count > 0) Changed();
        await TellAsync();
        return rule.Active.Count;
    }

    public Task<ImmutableArray<OrchestratorId>> Known(int shard) =>
        Task.FromResult<ImmutableArray<OrchestratorId>>([.. _known.Keys.Concat(kept.State.Posted).Where(id => ScoreShards.Of(id, rules.ScoreShards) == shard).Distinct()]);

    public Task<ActiveSet?> Active(long known)
    {
        if (known == _version) return Task.FromResult<ActiveSet?>(null);
        _active ??= new ActiveSet { Version = _version, Entries = [.. _rule.Active.Values.OrderBy(e => e.Id).Select(RegistryEntryWire.Of)] };
        return Task.FromResult<ActiveSet?>(_active);
    }

    public Task<bool> Knows(OrchestratorId orchestrator) => Task.FromResult(_known.ContainsKey(orchestrator));

    public async Task<bool> NotePosted(OrchestratorId orchestrator)
    {
        var posted = kept.State.Posted;
        if (_known.ContainsKey(orchestrator) || posted.Contains(orchestrator)) return true;
        if (posted.Length >= MostPosted) return false;
        await this.KeepAsync(kept, kept.State with { Schema = RegistryDocument.Current, Posted = posted.Add(orchestrator) });
        return true;
    }

    // Grows over activations too: nobody takes another set for the one that he has.
    private void Changed() => (_version, _active) = (Math.Max(_version + 1, time.GetUtcNow().ToUnixTimeMilliseconds()), null);

    private Task TickAsync()
    {
        var now = time.GetUtcNow();
        if (now >= _everybodyAt)
        {
            _everybodyAt = now + rules.EnrolAgainEvery;
            OweEverybody();
        }

        // Who could not be told is told again, after those who have not had their turn.
        if (_toTell.Count == 0) foreach (var id in _untold) _toTell.Enqueue(id);
        return TellAsync();
    }

    private void OweEverybody()
    {
        foreach (var id in _known.Keys) Owe(id);
    }

    private void Owe(OrchestratorId id)
    {
        _unshared.Add(id);
        _untold.Add(id);
        _toTell.Enqueue(id);
    }

    private async Task TellAsync()
    {
        try
        {
            // Written down before anybody plans by it.
            if (_unshared.Count > 0) await GrainFactory.GetGrain<IScheduleGrain>(0).Share([.. _unshared.Where(_known.ContainsKey).Order().Select(id => ShareOf(_known[id]))]);
            _unshared.Clear();
        }
        catch (Exception e)
        {
            LogNotShared(e.Message);
            return;
        }

        for (var told = 0; told < MostInTurn && _toTell.Count > 0; told += AtOnce)
        {
            var some = new List<OrchestratorId>(AtOnce);
            while (some.Count < AtOnce && _toTell.TryDequeue(out var id)) some.Add(id);
            await Task.WhenAll(some.Distinct().Where(_untold.Contains).Select(TellAsync));
        }

        if (_toTell.Count > 0) _timer.Change(TimeSpan.Zero, rules.RetryAfter);
    }

    private async Task TellAsync(OrchestratorId id)
    {
        if (!_known.TryGetValue(id, out var enrolment))
        {
            _untold.Remove(id);
            return;
        }

        try
        {
            var grain = GrainFactory.GetGrain<IOrchestratorGrain>(id.Text);
            if (enrolment.WithdrawnAt is { } at) await grain.Withdraw(at);
            else await grain.Enrol(enrolment.Record, enrolment.Since);
            _untold.Remove(id);
        }
        catch (Exception e)
        {
            LogNotTold(id, e.Message);
        }
    }

    private static SlotShareWire ShareOf(Enrolment enrolment) => new()
    {
        Id = enrolment.Id,
        Endpoint = enrolment.WithdrawnAt is null ? enrolment.Record.Share.Endpoint : null,
        Index = enrolment.WithdrawnAt is null ? enrolment.Record.Share.Index : 0,
        Count = enrolment.WithdrawnAt is null ? enrolment.Record.Share.Count : 0,
    };

    [LoggerMessage(2041, LogLevel.Information, "{Orchestrator} at {ServiceUri} is enrolled")]
    private partial void LogEnrolled(OrchestratorId orchestrator, string serviceUri);

    [LoggerMessage(2042, LogLevel.Information, "{Orchestrator} left the active set")]
    private partial void LogWithdrawn(OrchestratorId orchestrator);

    [LoggerMessage(2044, LogLevel.Warning, "Who takes part in the slots could not be written down; nobody is told until it is: {Why}")]
    private partial void LogNotShared(string why);

    [LoggerMessage(2043, LogLevel.Warning, "{Orchestrator} could not be told of its enrolment and is told again: {Why}")]
    private partial void LogNotTold(OrchestratorId orchestrator, string why);
}
