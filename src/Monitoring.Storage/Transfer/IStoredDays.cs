using Monitoring.Core;

namespace Monitoring.Storage.Transfer;

/// <summary>A store that can be read whole, a day at a time, for another one to be filled from it. Results are streamed.</summary>
public interface IStoredDays
{
    /// <summary>The days of which there is anything, in order: outcomes, or the hourly sums that outlived them.</summary>
    /// <exception cref="IOException">The store cannot be read.</exception>
    Task<IReadOnlyCollection<DateOnly>> DaysAsync(CancellationToken cancellationToken);

    /// <summary>Every revision of a day.</summary>
    /// <exception cref="IOException">The store cannot be read.</exception>
    IAsyncEnumerable<StoredResult> ReadDayAsync(DateOnly day, CancellationToken cancellationToken);

    /// <summary>The hourly sums of a day whose outcomes are gone; null when they are there, or there never were any.</summary>
    /// <exception cref="IOException">The store cannot be read.</exception>
    Task<IReadOnlyCollection<HourlySums>?> ReadBareSumsAsync(DateOnly day, CancellationToken cancellationToken);

    /// <summary>Keeps the hourly sums of a day of which this store has nothing else.</summary>
    /// <returns>False when it has outcomes or sums of that day, which are left as they are.</returns>
    /// <exception cref="IOException">They could not be written.</exception>
    Task<bool> KeepBareSumsAsync(DateOnly day, IReadOnlyCollection<HourlySums> sums, CancellationToken cancellationToken);
}
