using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Benchmarks;

/// <summary>Puts results into a store as fast as it takes them.</summary>
internal static class StoredResults
{
    private const int AtOnce = 256;

    /// <summary>Stores results.</summary>
    /// <param name="store">The store.</param>
    /// <param name="results">The results, made as they are needed.</param>
    /// <param name="evidenceSince">Evidence of earlier tests is left out.</param>
    /// <returns>How many there were.</returns>
    public static async Task<int> AppendAsync(IResultStore store, IEnumerable<TestResult> results, DateTimeOffset evidenceSince)
    {
        var count = 0;
        foreach (var batch in results.Chunk(AtOnce))
        {
            await Task.WhenAll(batch.Select(result =>
                store.AppendAsync(Measured.Revision(result), result.PlannedAt >= evidenceSince ? result.Evidence : null, CancellationToken.None)));
            count += batch.Length;
        }

        return count;
    }
}
