using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Cluster.Hosting;

/// <summary>The result store as one silo sees it: while it refuses writes, nothing is leased here.</summary>
internal sealed class StoreGate(IResultStore store, HubRules rules, TimeProvider time)
{
    private long _refusedAt = long.MinValue;
    private long _refusedSince;

    /// <summary>False for a while after the store refused a write.</summary>
    public bool IsOpen => Interlocked.Read(ref _refusedAt) + rules.RetryAfter.Ticks <= time.GetUtcNow().UtcTicks;

    /// <summary>Since when the store has refused every write, UTC; null while it takes them.</summary>
    public DateTimeOffset? RefusedAt => Interlocked.Read(ref _refusedSince) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Stores a revision; durable when it completes.</summary>
    public async Task AppendAsync(OutcomeRevision revision, TestEvidence? evidence)
    {
        try
        {
            await store.AppendAsync(revision, evidence, CancellationToken.None);
            Interlocked.Exchange(ref _refusedAt, 0);
            Interlocked.Exchange(ref _refusedSince, 0);
        }
        catch
        {
            var now = time.GetUtcNow().UtcTicks;
            Interlocked.Exchange(ref _refusedAt, now);
            Interlocked.CompareExchange(ref _refusedSince, now, 0);
            throw;
        }
    }

    /// <inheritdoc cref="IResultStore.ReadAsync" />
    public IAsyncEnumerable<OutcomeRevision> ReadAsync(ResultQuery query, CancellationToken cancellationToken) => store.ReadAsync(query, cancellationToken);
}
