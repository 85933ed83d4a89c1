using Monitoring.Core;

namespace Monitoring.Storage.Postgres;

/// <summary>A store of a database that is held for one monitor: while it is not, appends are refused as on a full disk, and reading goes on.</summary>
/// <param name="store">The store; closed with this.</param>
/// <param name="hold">The hold; whoever took it gives it up.</param>
public sealed class HeldResultStore(IResultStore store, PostgresHold hold) : IResultStore
{
    /// <inheritdoc />
    /// <exception cref="StorageFullException">The database is not this monitor's just now, or refuses.</exception>
    public Task<bool> AppendAsync(OutcomeRevision revision, TestEvidence? evidence, CancellationToken cancellationToken) =>
        hold.Trouble is { } trouble ? Task.FromException<bool>(new StorageFullException(trouble.Why)) : store.AppendAsync(revision, evidence, cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<OutcomeRevision> ReadAsync(ResultQuery query, CancellationToken cancellationToken) => store.ReadAsync(query, cancellationToken);

    /// <inheritdoc />
    public Task<TestEvidence?> ReadEvidenceAsync(TestId test, DateTimeOffset testTime, CancellationToken cancellationToken) =>
        store.ReadEvidenceAsync(test, testTime, cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<HourlySums> ReadHourlyAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) =>
        store.ReadHourlyAsync(from, until, cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => store.DisposeAsync();
}
