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
    private readonly Dictionary<OrchestratorId, Enrolment> _known = [];
    private readonly ChangeLog _changes = new(time);
    private IGrainTimer _timer = null!;
    private PagedState<RegistryPage> _pages = null!;
    private ImmutableArray<RegistryEntryWire> _walked = [];
    private EnrolmentRule _rule = null!;
    private DateTimeOffset _everybodyAt;
    private ActiveSet? _active;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _pages = new PagedState<RegistryPage>(this, StateNames.RegistryPages, ServiceProvider);
        await _pages.ReadAsync();
        foreach (var enrolment in _pages.Exists ? _pages.All.SelectMany(p => p.Enrolments) : kept.State.Enrolments) _known[enrolment.Id] = enrolment;
        if (!_pages.Exists) await KeepAsync(_known.Values, forgotten: []);
        _rule = EnrolmentRule.From(_known.Values.Where(e => e.WithdrawnAt is null)
            .Select(e => new RegistryEntry(e.Id, e.Record.ServiceUri, e.Record.Verified) { Maintenance = e.Record.Maintenance }));
        OweEverybody();
        _everybodyAt = time.GetUtcNow() + rules.EnrolAgainEvery;
        _timer = this.RegisterGrainTimer(static (grain, _) => grain.TickAsync(), this, new GrainTimerCreationOptions(TimeSpan.Zero, rules.RetryAfter));
    }

    public async Task<int> Walk(ImmutableArray<RegistryEntryWire> listed, bool own = false)
    {
        var now = time.GetUtcNow();
        var forgotten = _known.Values.Where(e => e.WithdrawnAt < now - rules.Replay - TimeSpan.FromDays(10)).Select(e => e.Id).ToHashSet();
        if (forgotten.Count == 0 && IsAsBefore(listed))
        {
            await TellAsync();
            return _rule.Active.Count;
        }

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
        forgotten.ExceptWith(changed.Select(c => c.Id));
        if (changed.Count > 0 || forgotten.Count > 0)
        {
            await KeepAsync(changed, forgotten);
            foreach (var id in forgotten)
            {
                _known.Remove(id);
                _changes.Forget(id);
            }

            if (changed.Count > 0)
            {
                _changes.Change(changed.Select(c => c.Id));
                _active = null;
            }

            foreach (var enrolment in changed)
            {
                _known[enrolment.Id] = enrolment;
                Owe(enrolment.Id);
                if (enrolment.WithdrawnAt is null) LogEnrolled(enrolment.Id, enrolment.Record.ServiceUri);
                else LogWithdrawn(enrolment.Id);
            }
        }

        // One that is doubted must be told again, however much it is the same.
        _rule = rule;
        _walked = rule.IsDoubting ? [] : listed;
        await TellAsync();
        return rule.Active.Count;
    }

    public Task<ImmutableArray<OrchestratorId>> Known(int shard) =>
        Task.FromResult<ImmutableArray<OrchestratorId>>([.. _known.Keys.Concat(kept.State.Posted).Where(id => ScoreShards.Of(id, rules.ScoreShards) == shard).Distinct()]);

    public Task<ActiveSet?> Active(long known, long life = 0)
    {
        if (_changes.IsCurrent(known, life)) return Task.FromResult<ActiveSet?>(null);
        if (_changes.Since(known, life) is not { } changed) return Task.FromResult<ActiveSet?>(_active ??= Told(_rule.Active.Values));
        var there = changed.ToLookup(_rule.Active.ContainsKey);
        return Task.FromResult<ActiveSet?>(Told(there[true].Select(id => _rule.Active[id]), known, there[false]));
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

    private ActiveSet Told(IEnumerable<RegistryEntry> entries, long since = 0, IEnumerable<OrchestratorId>? gone = null) => new()
    {
        Version = _changes.Version,
        Life = _changes.Life,
        Since = since,
        Entries = [.. entries.OrderBy(e => e.Id).Select(RegistryEntryWire.Of)],
        Gone = [.. (gone ?? []).Order()],
    };

    // Most walks find what the one before found.
    private bool IsAsBefore(ImmutableArray<RegistryEntryWire> listed)
    {
        if (listed.Length == 0 || listed.Length != _walked.Length) return false;
        for (var i = 0; i < listed.Length; i++)
        {
            if (!listed[i].IsSame(_walked[i])) return false;
        }

        return true;
    }

    /// <summary>Writes down the pages of those that changed or are forgotten.</summary>
    private async Task KeepAsync(IEnumerable<Enrolment> changed, HashSet<OrchestratorId> forgotten)
    {
        var pages = changed.ToLookup(e => PagedState<RegistryPage>.Of(e.Id));
        var touched = pages.Select(p => p.Key).Union(forgotten.Select(PagedState<RegistryPage>.Of));
        await _pages.KeepAsync(touched.Select(page =>
        {
            var next = _pages[page].Enrolments.Where(e => !forgotten.Contains(e.Id)).ToDictionary(e => e.Id);
            foreach (var enrolment in pages[page]) next[enrolment.Id] = enrolment;
            return (page, new RegistryPage { Schema = RegistryPage.Current, Enrolments = [.. next.Values.OrderBy(e => e.Id)] });
        }));
    }

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
