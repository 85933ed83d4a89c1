using Monitoring.Standalone.Configuration;
using Monitoring.Storage;
using Monitoring.Storage.Migrations;
using Monitoring.Storage.Postgres;

namespace Monitoring.Standalone.Run;

/// <summary>Where the results of this process are kept: the journal of the data directory, or a database.</summary>
internal sealed class OpenedStore : IAsyncDisposable
{
    // Longer than a server takes to notice that the holder's machine has vanished.
    private static readonly TimeSpan HoldPatience = TimeSpan.FromSeconds(45);

    private readonly Func<CancellationToken, Task> _keep;
    private readonly Func<CancellationToken, Task<long>> _measure;
    private readonly PostgresHold? _hold;
    private long _bytes;

    private OpenedStore(IResultStore results, PostgresHold? hold, Func<CancellationToken, Task> keep, Func<CancellationToken, Task<long>> measure) =>
        (Results, _hold, _keep, _measure) = (results, hold, keep, measure);

    /// <summary>The results.</summary>
    public IResultStore Results { get; }

    /// <summary>Bytes that it took on its disk when that was last looked at; 0 while it was not.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Why the database is not this monitor's just now; null while it is, and for a journal.</summary>
    public HoldTrouble? Trouble => _hold?.Trouble;

    /// <summary>Opens what the options name; brings a database up first, where they say so.</summary>
    /// <exception cref="IOException">It cannot be opened, lacks tables, holds results of another kind of network, or another monitor works on it.</exception>
    public static async Task<OpenedStore> OpenAsync(
        MonitorOptions options, StateDirectory directory, TimeProvider time, Action<JournalFault> onJournalFault, Action<string> onFault, CancellationToken cancellationToken)
    {
        if (options.Store is not { } database)
        {
            var journal = await JournalResultStore.OpenAsync(directory.Journal, time, onJournalFault, cancellationToken);
            return new OpenedStore(
                journal, null, journal.CloseDaysAsync, _ => Task.FromResult(new DirectoryInfo(directory.Journal).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length)));
        }

        if (database.Migrate) await new Migrator(database.Url, MigrationSource.Results).MigrateAsync(null, cancellationToken);
        var store = await PostgresResultStore.OpenAsync(database.Url, database.Retention, time, onFault, cancellationToken);
        PostgresHold? hold = null;
        try
        {
            await DataNetwork.ClaimAsync(store, options.IsSimulated, database.Url.Display, cancellationToken);
            hold = await PostgresHold.TakeAsync(database.Url, HoldPatience, time, cancellationToken);
            return new OpenedStore(new HeldResultStore(store, hold), hold, store.KeepDaysAsync, store.ReadSizeAsync);
        }
        catch
        {
            if (hold is not null) await hold.DisposeAsync();
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Does what is due several times a day: sums of closed days, partitions, retention; then looks how large it is.</summary>
    /// <exception cref="IOException">It could not be done; it is tried again the next time.</exception>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        await _keep(cancellationToken);
        Interlocked.Exchange(ref _bytes, await _measure(cancellationToken));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Results.DisposeAsync();
        if (_hold is not null) await _hold.DisposeAsync();
    }
}
