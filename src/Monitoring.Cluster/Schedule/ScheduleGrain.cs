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
    private readonly ChangeLog _changes = new(time);
    private PagedState<SharesPage> _pages = null!;

    private ImmutableArray<PublishedRules> Rules => kept.State.History?.Rules ?? [];

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _pages = new PagedState<SharesPage>(this, StateNames.SchedulePages, ServiceProvider);
        await _pages.ReadAsync();
        if (!_pages.Exists && kept.State.History is { Shares.IsEmpty: false } before)
        {
            await _pages.KeepAsync(before.Shares.GroupBy(s => PagedState<SharesPage>.Of(s.Orchestrator)).Select(g => (g.Key, PageOf([.. g]))));
        }
    }

    public async Task<byte[]> Master()
    {
        // Of two activations that race here one fails to write, and reads what the other drew when it is activated again.
        if (kept.State.Master.Length == 0) await this.KeepAsync(kept, kept.State with { Schema = ScheduleDocument.Current, Master = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) });
        return Convert.FromHexString(kept.State.Master);
    }

    public async Task Rule(ScheduleRulesWire rules)
    {
        var before = kept.State.History ?? PlanHistory.Empty;
        var next = before.With(rules.To(), time.GetUtcNow());
        if (ReferenceEquals(next, before)) return;
        await this.KeepAsync(kept, kept.State with { Schema = ScheduleDocument.Current, History = next });
        _changes.Change([]);
    }

    public async Task Share(ImmutableArray<SlotShareWire> shares)
    {
        var now = time.GetUtcNow();
        var next = new List<(int Page, SharesPage Next)>();
        var changed = new HashSet<OrchestratorId>();
        foreach (var page in shares.GroupBy(s => PagedState<SharesPage>.Of(s.Id)))
        {
            var before = new PlanHistory { Shares = _pages[page.Key].Shares };
            var after = before.With(page.Select(s => (s.Id, s.Endpoint is { } endpoint ? new SlotShare(endpoint, s.Index, s.Count) : (SlotShare?)null)), now);
            if (ReferenceEquals(before, after)) continue;
            next.Add((page.Key, PageOf(after.Shares)));
            changed.UnionWith(after.Shares.Except(before.Shares).Concat(before.Shares.Except(after.Shares)).Select(s => s.Orchestrator));
        }

        if (next.Count == 0) return;
        await _pages.KeepAsync(next);
        _changes.Change(changed);
    }

    public Task<PlanHistoryWire?> History(long known, long life = 0)
    {
        if (_changes.IsCurrent(known, life)) return Task.FromResult<PlanHistoryWire?>(null);
        var changed = _changes.Since(known, life);
        var pages = changed is null ? _pages.All : changed.Select(PagedState<SharesPage>.Of).Distinct().Select(page => _pages[page]);
        return Task.FromResult<PlanHistoryWire?>(new PlanHistoryWire
        {
            Version = _changes.Version,
            Life = _changes.Life,
            Since = changed is null ? 0 : known,
            Changed = changed is null ? [] : [.. changed.Order()],
            Json = JsonSerializer.SerializeToUtf8Bytes(new PlanHistory { Rules = Rules, Shares = [.. pages.SelectMany(p => p.Shares).Where(s => changed?.Contains(s.Orchestrator) != false)] }),
        });
    }

    private static SharesPage PageOf(ImmutableArray<PublishedShare> shares) => new() { Schema = SharesPage.Current, Shares = shares };
}
