using Monitoring.Standalone.Configuration;
using Monitoring.Storage;
using Monitoring.Storage.Migrations;
using Monitoring.Storage.Postgres;

namespace Monitoring.Standalone.Run;

/// <summary>Where the results of this process are kept: the journal of the data directory, or a database.</summary>
internal sealed class OpenedStore : IAsyncDisposable
{
    private readonly Func<CancellationToken, Task> _keep;

    private OpenedStore(IResultStore results, Func<CancellationToken, Task> keep) => (Results, _keep) = (results, keep);

    /// <summary>The results.</summary>
    public IResultStore Results { get; }

    /// <summary>Opens what the options name; brings a database up first, where they say so.</summary>
    /// <exception cref="IOException">It cannot be opened, lacks tables, or holds results of another kind of network.</exception>
    public static async Task<OpenedStore> OpenAsync(
        MonitorOptions options, StateDirectory directory, TimeProvider time, Action<JournalFault> onJournalFault, Action<string> onFault, CancellationToken cancellationToken)
    {
        if (options.Store is not { } database)
        {
            var journal = await JournalResultStore.OpenAsync(directory.Journal, time, onJournalFault, cancellationToken);
            return new OpenedStore(journal, journal.CloseDaysAsync);
        }

        if (database.Migrate) await new Migrator(database.Url, MigrationSource.Results).MigrateAsync(null, cancellationToken);
        var store = await PostgresResultStore.OpenAsync(database.Url, database.Retention, time, onFault, cancellationToken);
        try
        {
            await DataNetwork.ClaimAsync(store, options.IsSimulated, database.Url.Display, cancellationToken);
            return new OpenedStore(store, store.KeepDaysAsync);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Does what is due several times a day: sums of closed days, partitions, retention.</summary>
    /// <exception cref="IOException">It could not be done; it is tried again the next time.</exception>
    public Task KeepAsync(CancellationToken cancellationToken) => _keep(cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Results.DisposeAsync();
}
