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
    private readonly long _life = Random.Shared.NextInt64(1, long.MaxValue);

    // Since which version the shares of each are as they are, of those that changed in this life.
    private readonly Dictionary<OrchestratorId, long> _changedAt = [];
    private PagedState<SharesPage> _pages = null!;
    private long _version = time.GetUtcNow().ToUnixTimeMilliseconds();

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
        _version = NextVersion();
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
        _version = NextVersion();
        foreach (var id in changed) _changedAt[id] = _version;
    }

    public Task<PlanHistoryWire?> History(long known, long life = 0)
    {
        if (known == _version && (life == _life || life == 0)) return Task.FromResult<PlanHistoryWire?>(null);
        var changed = life == _life ? _changedAt.Where(c => c.Value > known).Select(c => c.Key).ToHashSet() : null;
        var pages = changed is null ? _pages.All : changed.Select(PagedState<SharesPage>.Of).Distinct().Select(page => _pages[page]);
        return Task.FromResult<PlanHistoryWire?>(new PlanHistoryWire
        {
            Version = _version,
            Life = _life,
            Since = changed is null ? 0 : known,
            Changed = changed is null ? [] : [.. changed.Order()],
            Json = JsonSerializer.SerializeToUtf8Bytes(new PlanHistory { Rules = Rules, Shares = [.. pages.SelectMany(p => p.Shares).Where(s => changed?.Contains(s.Orchestrator) != false)] }),
        });
    }

    private static SharesPage PageOf(ImmutableArray<PublishedShare> shares) => new() { Schema = SharesPage.Current, Shares = shares };

    // Grows over activations too, so that nobody takes one of another life for the one that he has.
    private long NextVersion() => Math.Max(_version + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
}
