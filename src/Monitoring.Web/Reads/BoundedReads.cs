using System.Runtime.CompilerServices;
using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Web;

/// <summary>
/// Every read of stored results for a client goes through here. Anyone may ask, so the span, the number of results, the time and the number
/// of reads at once are bounded; over a bound the client is told, and never given a part as if it were all.
/// </summary>
internal sealed class BoundedReads(IResultStore store, WebOptions options, TimeProvider clock) : IDisposable
{
    /// <summary>Reads at once; more wait.</summary>
    internal const int AtOnce = 4;

    /// <summary>Reads that may wait; more are refused.</summary>
    internal const int Waiting = 64;

    private readonly SemaphoreSlim _free = new(AtOnce);
    private int _inside;

    /// <summary>The last revision of every test inside the query, in the store's order.</summary>
    /// <param name="query">What to read; its ends are the client's.</param>
    /// <param name="before">How much earlier than the query's start to read as well, for judgements that look back.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <exception cref="RefusedReadException">A bound was reached.</exception>
    public async IAsyncEnumerable<OutcomeRevision> ReadAsync(
        ResultQuery query, TimeSpan before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (query.Until - query.From > options.MaximumRange)
        {
            throw new RefusedReadException(
                StatusCodes.Status400BadRequest,
                $"the span from since to until is longer than {(int)options.MaximumRange.TotalHours} hours; ask for shorter spans, one after the other");
        }

        if (Interlocked.Increment(ref _inside) > AtOnce + Waiting)
        {
            Interlocked.Decrement(ref _inside);
            throw Busy();
        }

        try
        {
            using var limit = new CancellationTokenSource(options.ReadTimeout, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            await EnterAsync(either.Token, cancellationToken).ConfigureAwait(false);
            try
            {
                var results = store.ReadAsync(query with { From = query.From - before, LastOnly = true, Limit = 0 }, either.Token).GetAsyncEnumerator(either.Token);
                await using (results.ConfigureAwait(false))
                {
                    for (var count = 1; await NextAsync(results, cancellationToken).ConfigureAwait(false); count++)
                    {
                        if (count > options.MaximumResults)
                        {
                            throw new RefusedReadException(
                                StatusCodes.Status400BadRequest, $"more than {options.MaximumResults} results lie in that span; ask for a shorter one");
                        }

                        yield return results.Current;
                    }
                }
            }
            finally
            {
                _free.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    public void Dispose() => _free.Dispose();

    private async Task EnterAsync(CancellationToken either, CancellationToken client)
    {
        try
        {
            await _free.WaitAsync(either).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!client.IsCancellationRequested)
        {
            throw Busy();
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<OutcomeRevision> results, CancellationToken client)
    {
        try
        {
            return await results.MoveNextAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!client.IsCancellationRequested)
        {
            throw new RefusedReadException(StatusCodes.Status503ServiceUnavailable, "reading the results took too long; ask for a shorter span, or again later");
        }
    }

    private static RefusedReadException Busy() =>
        new(StatusCodes.Status503ServiceUnavailable, "too many reads of stored results at once; ask again in a few seconds");
}
