using Monitoring.Core;

namespace Monitoring.Storage;

/// <summary>
/// Where a region keeps results until the hub has acknowledged them. It survives kill -9 at any instant.
/// </summary>
/// <typeparam name="T">What is spooled; serialised as JSON.</typeparam>
public interface ISpool<T> : IAsyncDisposable
{
    /// <summary>Items that wait for acknowledgement.</summary>
    int Count { get; }

    /// <summary>True when no more may be taken on: the spool's bound is reached or the disk is full.</summary>
    bool IsFull { get; }

    /// <summary>Writes an item durably. The same id twice is one item (the first stays).</summary>
    /// <exception cref="StorageFullException">The spool's bound is reached or the disk is full; nothing was written.</exception>
    Task AddAsync(TestId id, T item, CancellationToken cancellationToken);

    /// <summary>The oldest items that wait, at most <paramref name="most"/>.</summary>
    Task<IReadOnlyList<(TestId Id, T Item)>> PeekAsync(int most, CancellationToken cancellationToken);

    /// <summary>Deletes an acknowledged item durably. One that is not there is no error.</summary>
    Task RemoveAsync(TestId id, CancellationToken cancellationToken);
}
