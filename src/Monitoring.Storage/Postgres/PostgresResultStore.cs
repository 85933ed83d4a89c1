using Monitoring.Core;
using Monitoring.Storage.Journal;
using Monitoring.Storage.Migrations;
using Monitoring.Storage.Transfer;
using Npgsql;

namespace Monitoring.Storage.Postgres;

/// <summary>
/// Results in PostgreSQL (14 or newer): every revision a row of <c>test_result</c>, partitioned by the UTC day of the test's time, and its
/// record byte for byte the journal's. What was appended is committed, and on the disk of the server, before the answer is given.
/// </summary>
/// <remarks>
/// While the database cannot be reached, or refuses, appends are refused with <see cref="StorageFullException"/>, which may mean that a
/// revision was written and the answer lost: append again to know, it is written once. Any number of processes may write at once.
/// </remarks>
public sealed class PostgresResultStore : IResultStore
{
    /// <summary>Days for which there are partitions ahead of time.</summary>
    private const int DaysAhead = 7;

    private readonly PostgresUrl _url;
    private readonly TimeProvider _time;
    private readonly NpgsqlDataSource _writing;
    private readonly NpgsqlDataSource _reading;
    private readonly NpgsqlDataSource _upkeep;
    private readonly PostgresPartitions _partitions = new();
    private readonly PostgresWriter _writer;
    private readonly ResultSelect _select;
    private readonly PostgresDays _days;
    private readonly PostgresRetention _retention;
    private readonly Action<string> _onFault;

    private PostgresResultStore(PostgresUrl url, PostgresRetention retention, TimeProvider time, Action<string> onFault)
    {
        (_url, _retention, _time, _onFault) = (url, retention, time, onFault);
        _writing = NpgsqlDataSource.Create(url.ConnectionString(PostgresUse.Write));
        _reading = NpgsqlDataSource.Create(url.ConnectionString(PostgresUse.Read));
        _upkeep = NpgsqlDataSource.Create(url.ConnectionString(PostgresUse.Upkeep));
        _writer = new PostgresWriter(url, _writing, _partitions, time);
        _select = new ResultSelect(url, _reading, onFault);
        _days = new PostgresDays(url, _reading, _upkeep, time, onFault);
    }

    /// <summary>Opens a store whose tables are there (<see cref="Migrator"/>), and makes the partitions of the coming days.</summary>
    /// <param name="url">The database.</param>
    /// <param name="retention">How long what is kept.</param>
    /// <param name="time">Decides when a day is closed and when it is no longer kept.</param>
    /// <param name="onFault">Gets what was found in the database and is not what it should be, on the thread that found it; null to ignore it.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="MigrationException">The tables are missing, too old or too new.</exception>
    /// <exception cref="IOException">The database cannot be reached, or refuses.</exception>
    public static async Task<PostgresResultStore> OpenAsync(
        PostgresUrl url, PostgresRetention retention, TimeProvider time, Action<string>? onFault, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(retention);
        var state = await new Migrator(url, MigrationSource.Results).LookAsync(cancellationToken);
        if (!state.IsReady)
        {
            throw new MigrationException(
                $"{url.Display} lacks {string.Join(", ", state.Pending)}. Run 'monitor migrate --store {url.Display}', with an account that may create tables.");
        }

        var store = new PostgresResultStore(url, retention, time, onFault ?? (_ => { }));
        try
        {
            await store.PrepareDaysAsync(cancellationToken);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>The database day by day, for another store to be filled from it.</summary>
    public IStoredDays Days => new PostgresStoredDays(_url, _upkeep, _days, _onFault);

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The revision is negative, too long for a record, or holds a number that JSON has not.</exception>
    public Task<bool> AppendAsync(OutcomeRevision revision, TestEvidence? evidence, CancellationToken cancellationToken) =>
        _writer.AppendAsync(PostgresRow.Of(revision, evidence), cancellationToken);

    /// <inheritdoc />
    /// <remarks>Rows are streamed from one query, which sees what was committed when it began; a limit holds that many. It ends after ten minutes.</remarks>
    /// <exception cref="IOException">The database cannot be reached, or refuses.</exception>
    public IAsyncEnumerable<OutcomeRevision> ReadAsync(ResultQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return _select.ReadAsync(query, cancellationToken);
    }

    /// <inheritdoc />
    /// <remarks>Of a test that was judged again with new evidence, the evidence of the highest revision.</remarks>
    /// <exception cref="IOException">The database cannot be reached, or refuses.</exception>
    public Task<TestEvidence?> ReadEvidenceAsync(TestId test, DateTimeOffset testTime, CancellationToken cancellationToken) =>
        _select.ReadEvidenceAsync(test, testTime, cancellationToken);

    /// <inheritdoc />
    /// <remarks>As of the journal: a day is closed 48 hours after its end. Once its outcomes are no longer kept, its sums are final.</remarks>
    /// <exception cref="IOException">The database cannot be reached, or refuses.</exception>
    public IAsyncEnumerable<HourlySums> ReadHourlyAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) =>
        _days.ReadAsync(from, until, cancellationToken);

    /// <summary>The note of a name, or null.</summary>
    /// <exception cref="IOException">The database cannot be reached, or refuses.</exception>
    public Task<string?> FindNoteAsync(string name, CancellationToken cancellationToken) => _url.GuardAsync("read a note", async () =>
    {
        await using var command = _reading.CreateCommand("SELECT value FROM store_note WHERE name = $1");
        command.Parameters.Add(new() { Value = name });
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    });

    /// <summary>Writes a note into the database unless it has one of that name, and gives the one it has.</summary>
    /// <exception cref="IOException">The database cannot be reached, or refuses.</exception>
    public Task<string> ClaimAsync(string name, string value, CancellationToken cancellationToken) => _url.GuardAsync("write a note", async () =>
    {
        await using var connection = await _upkeep.OpenConnectionAsync(cancellationToken);
        await using (var claim = new NpgsqlCommand("INSERT INTO store_note (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", connection) { Parameters = { new() { Value = name }, new() { Value = value } } })
        {
            await claim.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var read = new NpgsqlCommand("SELECT value FROM store_note WHERE name = $1", connection) { Parameters = { new() { Value = name } } };
        return (string)(await read.ExecuteScalarAsync(cancellationToken))!;
    });

    /// <summary>Bytes that the whole database takes on the disk of its server, whatever else is in it.</summary>
    /// <exception cref="IOException">The database cannot be reached, or refuses.</exception>
    public Task<long> ReadSizeAsync(CancellationToken cancellationToken) => _url.GuardAsync("read the size", async () =>
    {
        await using var command = _reading.CreateCommand("SELECT pg_database_size(current_database())");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    });

    /// <summary>
    /// Makes the partitions of the coming days, writes the hourly sums of closed ones and drops what is no longer kept. A host calls it several
    /// times a day; should it not be called, days are made when they are needed and nothing is dropped.
    /// </summary>
    /// <exception cref="IOException">The database cannot be reached, or refuses; what was done until then stands.</exception>
    public async Task KeepDaysAsync(CancellationToken cancellationToken)
    {
        await PrepareDaysAsync(cancellationToken);
        await _days.KeepAsync(_retention, cancellationToken);
        _partitions.Forget();
    }

    /// <summary>Writes what was appended, then closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _writing.DisposeAsync();
        await _reading.DisposeAsync();
        await _upkeep.DisposeAsync();
    }

    private Task PrepareDaysAsync(CancellationToken cancellationToken) => _url.GuardAsync("prepare the coming days", async () =>
    {
        await using var connection = await _upkeep.OpenConnectionAsync(cancellationToken);
        var today = PostgresDay.Number(JournalFolder.DayOf(_time.GetUtcNow()));
        await _partitions.EnsureAsync(connection, Enumerable.Range(today, DaysAhead + 1), cancellationToken);
    });
}
