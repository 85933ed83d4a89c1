using Monitoring.Cluster.Money;
using Monitoring.Core;

namespace Monitoring.Cluster.Tests;

/// <summary>Spending that outlives every silo, with the fence of the database.</summary>
internal sealed class MemorySpendStore : ISpendStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<DateOnly, (long Version, Dictionary<TestId, SpendReservation> Entries)> _days = [];

    /// <summary>While set, writes fail and nothing is written.</summary>
    public bool IsAway { get; set; }

    public Task<SpendDay> ReadAsync(DateOnly day, CancellationToken cancellationToken)
    {
        lock (_lock) return Task.FromResult(_days.TryGetValue(day, out var kept) ? new SpendDay(kept.Version, [.. kept.Entries.Values]) : new SpendDay(0, []));
    }

    public Task WriteAsync(DateOnly day, long known, IReadOnlyCollection<SpendReservation> changed, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (IsAway) throw new IOException("the database is away");
            var (version, entries) = _days.GetValueOrDefault(day, (0, []));
            if (version != known) throw new SpendConflictException(day, known);
            foreach (var entry in changed) entries[entry.Test] = entry;
            _days[day] = (version + 1, entries);
        }

        return Task.CompletedTask;
    }
}
