using Monitoring.Standalone.Run;
using Monitoring.Storage;
using Monitoring.Storage.Postgres;
using Monitoring.Storage.Transfer;
using Monitoring.Web;

namespace Monitoring.Standalone.Commands;

/// <summary>
/// One end of an import: a database, a data directory (locked meanwhile, so no monitor may run on it) or a bare folder of journal files.
/// </summary>
internal sealed class StorePlace : IAsyncDisposable
{
    private readonly StateDirectory? _directory;
    private readonly KeyedLog? _memory;

    private StorePlace(string display, IResultStore results, IStoredDays days, StateDirectory? directory, KeyedLog? memory) =>
        (Display, Results, Days, _directory, _memory) = (display, results, days, directory, memory);

    /// <summary>What it is, fit to be printed.</summary>
    public string Display { get; }

    public IResultStore Results { get; }

    public IStoredDays Days { get; }

    /// <summary>True when the text is meant to be the address of a database.</summary>
    public static bool IsAddress(string text) => text.StartsWith("postgres:", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgresql:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens it.</summary>
    /// <param name="text">An address that was checked, or a folder.</param>
    /// <param name="around">The surroundings; what is found damaged is told on stderr.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="IOException">It cannot be opened, or a monitor runs on it.</exception>
    public static async Task<StorePlace> OpenAsync(string text, Surroundings around, CancellationToken cancellationToken)
    {
        if (IsAddress(text))
        {
            // Everything is kept while it is filled; what is too old goes when a monitor runs on it.
            var url = PostgresUrl.Parse(text);
            var database = await PostgresResultStore.OpenAsync(url, new PostgresRetention { ResultDays = 0 }, around.Time, around.Error.WriteLine, cancellationToken);
            return new StorePlace(url.Display, database, database.Days, null, null);
        }

        var folder = Path.GetFullPath(text, around.Directory);
        if (Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)) == "journal") folder = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder))!;
        var isBare = Directory.Exists(folder) && Directory.EnumerateFiles(folder, "outcomes-*.jsonl").Any();
        var directory = isBare ? null : StateDirectory.Open(folder, around.Time);
        try
        {
            var memory = directory is null ? null : await KeyedLog.OpenAsync(directory.State, null, cancellationToken);
            var journal = await JournalResultStore.OpenAsync(directory?.Journal ?? folder, around.Time, fault => around.Error.WriteLine(fault), cancellationToken);
            return new StorePlace(folder, journal, journal.Days, directory, memory);
        }
        catch
        {
            directory?.Dispose();
            throw;
        }
    }

    /// <summary>True when its results are of the simulated network, false when of a real one, null when nobody said yet.</summary>
    public async Task<bool?> IsSimulatedAsync(CancellationToken cancellationToken) =>
        Results is PostgresResultStore database ? await DataNetwork.KindOfAsync(database, cancellationToken) : _memory is null ? null : DataNetwork.KindOf(_memory);

    /// <summary>Makes it the place of results of one kind of network.</summary>
    /// <exception cref="StateDirectoryException">It holds results of the other kind.</exception>
    public async Task ClaimAsync(bool simulated, CancellationToken cancellationToken)
    {
        if (Results is PostgresResultStore database) await DataNetwork.ClaimAsync(database, simulated, Display, cancellationToken);
        else if (_memory is not null) await DataNetwork.ClaimAsync(_memory, simulated, Display, cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Results.DisposeAsync();
        if (_memory is not null) await _memory.DisposeAsync();
        _directory?.Dispose();
    }
}
