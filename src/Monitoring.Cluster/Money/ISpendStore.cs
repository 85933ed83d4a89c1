using Monitoring.Core;

namespace Monitoring.Cluster.Money;

/// <summary>
/// Keeps what tests of a UTC day have reserved and spent. Every write names the version that it follows, so that of two who believe to keep
/// the day one is refused.
/// </summary>
internal interface ISpendStore
{
    /// <summary>A day as it is kept; version 0 for one of which nothing is.</summary>
    /// <exception cref="IOException">It cannot be read just now.</exception>
    Task<SpendDay> ReadAsync(DateOnly day, CancellationToken cancellationToken);

    /// <summary>Adds tests to a day, or writes what became of them. All or none; durable when it completes.</summary>
    /// <param name="day">The day.</param>
    /// <param name="known">The version that this follows; it becomes one more.</param>
    /// <param name="changed">The tests as they stand now.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SpendConflictException">Somebody else wrote the day meanwhile; nothing was written.</exception>
    /// <exception cref="IOException">It cannot be written just now; it may have been all the same.</exception>
    Task WriteAsync(DateOnly day, long known, IReadOnlyCollection<SpendReservation> changed, CancellationToken cancellationToken);
}

/// <summary>A day of spending as it is kept.</summary>
/// <param name="Version">Grows by one with each write.</param>
/// <param name="Entries">Its tests.</param>
internal sealed record SpendDay(long Version, ImmutableArray<SpendReservation> Entries);

/// <summary>Somebody else keeps the spending of the day.</summary>
internal sealed class SpendConflictException(DateOnly day, long known)
    : Exception($"The spending of {day:yyyy-MM-dd} is of another version than {known}: somebody else wrote it.");
