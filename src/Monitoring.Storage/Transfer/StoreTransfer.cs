using Monitoring.Core;

namespace Monitoring.Storage.Transfer;

/// <summary>
/// Fills one store from another. Every revision is written once, whatever was there before, so a transfer that was cut short is begun again
/// and goes on where it was; the source is only read.
/// </summary>
public static class StoreTransfer
{
    /// <summary>Appends that wait for the target at once.</summary>
    private const int Window = 2_000;

    /// <summary>Copies all days.</summary>
    /// <param name="from">The source.</param>
    /// <param name="to">The target.</param>
    /// <param name="sumsTo">Where hourly sums without outcomes go: the target.</param>
    /// <param name="progress">Is told the totals after each day; null to say nothing.</param>
    /// <param name="cancellationToken">Ends it; what was written stays.</param>
    /// <exception cref="StorageFullException">The target refuses; what was written until then stays.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static async Task<TransferTotals> CopyAsync(
        IStoredDays from, IResultStore to, IStoredDays sumsTo, Action<DateOnly, TransferTotals>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(sumsTo);
        var totals = new TransferTotals();
        foreach (var day in await from.DaysAsync(cancellationToken))
        {
            if (await from.ReadBareSumsAsync(day, cancellationToken) is { } sums)
            {
                if (await sumsTo.KeepBareSumsAsync(day, sums, cancellationToken)) totals = totals with { BareDays = totals.BareDays + 1 };
            }
            else
            {
                totals = await AppendAsync(from.ReadDayAsync(day, cancellationToken), to, totals, cancellationToken);
            }

            progress?.Invoke(day, totals);
        }

        return totals;
    }

    /// <summary>Appends results one after the other, many at a time.</summary>
    /// <exception cref="StorageFullException">The target refuses; what was written until then stays.</exception>
    public static async Task<TransferTotals> AppendAsync(IAsyncEnumerable<StoredResult> results, IResultStore to, TransferTotals before, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(before);
        var (totals, waiting) = (before, new Queue<Task<bool>>(Window));
        try
        {
            await foreach (var result in results.WithCancellation(cancellationToken))
            {
                while (waiting.Count >= Window) await CountAsync();
                waiting.Enqueue(to.AppendAsync(result.Revision, result.Evidence, cancellationToken));
            }

            while (waiting.Count > 0) await CountAsync();
            return totals;
        }
        finally
        {
            // What is still under way when one was refused ends before anybody closes the store.
            await Task.WhenAll(waiting).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        async Task CountAsync() => totals = await waiting.Dequeue() ? totals with { Written = totals.Written + 1 } : totals with { There = totals.There + 1 };
    }
}

/// <summary>What a transfer did.</summary>
public sealed record TransferTotals
{
    /// <summary>Revisions written.</summary>
    public long Written { get; init; }

    /// <summary>Revisions that were there already.</summary>
    public long There { get; init; }

    /// <summary>Days of which only the hourly sums were left to write.</summary>
    public int BareDays { get; init; }
}
