using Monitoring.Core;
using Monitoring.Storage;
using Monitoring.Web;

namespace Monitoring.Benchmarks;

/// <summary>What the web's other ports need where only the plain read is measured.</summary>
internal sealed class Nobody : IResultStore, IPostedResults, IStoreHealth
{
    public Task<bool> AppendAsync(OutcomeRevision revision, TestEvidence? evidence, CancellationToken cancellationToken) => Task.FromResult(false);

    public async IAsyncEnumerable<OutcomeRevision> ReadAsync(ResultQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    public Task<TestEvidence?> ReadEvidenceAsync(TestId test, DateTimeOffset testTime, CancellationToken cancellationToken) => Task.FromResult<TestEvidence?>(null);

    public async IAsyncEnumerable<HourlySums> ReadHourlyAsync(
        DateTimeOffset from, DateTimeOffset until, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    public Task<PostAnswer> PostAsync(OutcomeRevision posted, CancellationToken cancellationToken) => Task.FromResult(PostAnswer.Unavailable);

    public ValueTask<string?> TroubleAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
