using System.Globalization;
using System.Numerics;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Roles;
using Monitoring.Core;

namespace Monitoring.Cluster.Money;

/// <inheritdoc cref="IBudgetGrain" />
/// <remarks>
/// The shell of <see cref="SpendLedger"/>. What was reserved and nobody settled stays spent. Its memory is the store: a write that fails, or
/// that somebody else was before, ends the activation, and the next one begins with what is kept.
/// </remarks>
[KeepAlive]
[HubOnly]
[GrainType("budget")]
internal sealed class BudgetGrain(ISpendStore store, HubRules rules, TimeProvider time) : Grain, IBudgetGrain
{
    private readonly Dictionary<TestId, DateOnly> _days = [];
    private readonly SortedDictionary<DateOnly, (SpendLedger Ledger, long Version)> _ledgers = [];

    private DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // Yesterday's tests may still report.
        foreach (var day in new[] { Today.AddDays(-1), Today }) await OpenAsync(day);
    }

    public async Task<ImmutableArray<string>> Reserve(ImmutableArray<SpendRequest> tests)
    {
        var caps = rules.Caps ?? throw new InvalidOperationException("Nothing is paid here: no spend caps are configured.");
        var day = Today;
        if (!_ledgers.ContainsKey(day)) await OpenAsync(day);
        var (ledger, _) = _ledgers[day];
        var allowances = new BigInteger[tests.Length];
        for (var i = 0; i < tests.Length; i++) (ledger, allowances[i]) = ledger.Reserve(tests[i].Test, tests[i].Orchestrator, tests[i].Region, caps);
        await KeepAsync(day, ledger, tests.Select(t => t.Test));
        return [.. allowances.Select(a => a.ToString(CultureInfo.InvariantCulture))];
    }

    public Task Settle(TestId test, string wei)
    {
        // A test belongs to the day of its reservation.
        if (!_days.TryGetValue(test, out var day)) return Task.CompletedTask;
        return KeepAsync(day, _ledgers[day].Ledger.Settle(test, BigInteger.Parse(wei, CultureInfo.InvariantCulture)), [test]);
    }

    private async Task OpenAsync(DateOnly day)
    {
        var kept = await store.ReadAsync(day, CancellationToken.None);
        _ledgers[day] = (SpendLedger.Restore(day, kept.Entries), kept.Version);
        foreach (var entry in kept.Entries) _days[entry.Test] = day;
        foreach (var old in _ledgers.Keys.Where(d => d < day.AddDays(-1)).ToList())
        {
            foreach (var entry in _ledgers[old].Ledger.Entries) _days.Remove(entry.Test);
            _ledgers.Remove(old);
        }
    }

    private async Task KeepAsync(DateOnly day, SpendLedger next, IEnumerable<TestId> touched)
    {
        var (ledger, version) = _ledgers[day];
        if (ReferenceEquals(next, ledger)) return;
        var changed = next.Of(touched).Where(e => ledger.Of([e.Test]) is not [var before] || before != e).ToList();
        try
        {
            await store.WriteAsync(day, version, changed, CancellationToken.None);
        }
        catch
        {
            // Whether it was written is not known, or somebody else keeps the day.
            DeactivateOnIdle();
            throw;
        }

        _ledgers[day] = (next, version + 1);
        foreach (var entry in changed) _days[entry.Test] = day;
    }
}
