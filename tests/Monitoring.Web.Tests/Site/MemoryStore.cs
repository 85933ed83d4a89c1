using System.Runtime.CompilerServices;

namespace Monitoring.Web.Tests;

/// <summary>The contract of <see cref="IResultStore"/> as far as the web reads it, in a list.</summary>
internal sealed class MemoryStore : IResultStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(TestId, int), OutcomeRevision> _revisions = [];

    /// <summary>Set to make every read fail with this.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Awaited before each read answers.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>The evidence of tests that have one.</summary>
    public Dictionary<TestId, TestEvidence> Evidence { get; } = [];

    /// <summary>Reads begun.</summary>
    public int Reads;

    /// <summary>Completes when so many reads have begun.</summary>
    public (int Count, TaskCompletionSource Done) Awaited { get; set; } = (int.MaxValue, new());

    public int Count
    {
        get
        {
            lock (_lock) return _revisions.Count;
        }
    }

    public IReadOnlyList<OutcomeRevision> All
    {
        get
        {
            lock (_lock) return [.. _revisions.Values];
        }
    }

    public void Add(params IEnumerable<OutcomeRevision> revisions)
    {
        lock (_lock)
        {
            foreach (var revision in revisions)
            {
                _revisions.TryAdd((revision.Test, revision.Revision), revision);
            }
        }
    }

    public Task<bool> AppendAsync(OutcomeRevision revision, TestEvidence? evidence, CancellationToken cancellationToken)
    {
        lock (_lock) return Task.FromResult(_revisions.TryAdd((revision.Test, revision.Revision), revision));
    }

    public async IAsyncEnumerable<OutcomeRevision> ReadAsync(ResultQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref Reads) >= Awaited.Count) Awaited.Done.TrySetResult();
        await Gate.WaitAsync(cancellationToken);
        if (Failure is { } failure) throw failure;
        OutcomeRevision[] found;
        lock (_lock)
        {
            found = [.. _revisions.Values
                .Where(r => r.TestTime >= query.From && r.TestTime <= query.Until)
                .Where(r => query.Orchestrator is not { } o || r.Orchestrator == o)
                .Where(r => query.Region is not { } g || r.Region == g)
                .GroupBy(r => r.Test).SelectMany(g => query.LastOnly ? [g.MaxBy(r => r.Revision)!] : g.AsEnumerable())
                .OrderBy(r => r.TestTime).ThenBy(r => r.Test)];
        }

        if (query.Limit > 0) found = [.. found.TakeLast(query.Limit)];
        foreach (var revision in found)
        {
            yield return revision;
        }
    }

    public Task<TestEvidence?> ReadEvidenceAsync(TestId test, DateTimeOffset testTime, CancellationToken cancellationToken) =>
        Task.FromResult(Evidence.GetValueOrDefault(test));

    public async IAsyncEnumerable<HourlySums> ReadHourlyAsync(
        DateTimeOffset from, DateTimeOffset until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
