using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Cluster.Tests;

/// <summary>The real store behind a switch.</summary>
internal sealed class FaultyStore(IResultStore inner) : IResultStore
{
    /// <summary>While set, writes fail.</summary>
    public bool IsFull { get; set; }

    public Task<bool> AppendAsync(OutcomeRevision revision, TestEvidence? evidence, CancellationToken cancellationToken) =>
        IsFull ? throw new StorageFullException("the disk is full") : inner.AppendAsync(revision, evidence, cancellationToken);

    public IAsyncEnumerable<OutcomeRevision> ReadAsync(ResultQuery query, CancellationToken cancellationToken) => inner.ReadAsync(query, cancellationToken);

    public Task<TestEvidence?> ReadEvidenceAsync(TestId test, DateTimeOffset testTime, CancellationToken cancellationToken) =>
        inner.ReadEvidenceAsync(test, testTime, cancellationToken);

    public IAsyncEnumerable<HourlySums> ReadHourlyAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) =>
        inner.ReadHourlyAsync(from, until, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
