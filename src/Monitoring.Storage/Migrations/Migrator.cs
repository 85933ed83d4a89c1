using Monitoring.Storage.Postgres;
using Npgsql;

namespace Monitoring.Storage.Migrations;

/// <summary>
/// Brings the tables of a database up to what this program needs: applies the scripts it lacks, each in a transaction of its own, and writes
/// down which. Any number may try at once: one works, the others wait and then find it done.
/// </summary>
/// <remarks>
/// A script that was applied and has changed since, or a database that this program is too old for, is refused; nothing is then done.
/// </remarks>
public sealed class Migrator
{
    // Nobody else uses this number: it is the name of the lock in the whole database.
    private const long Lock = 7236120261121;
    private const string Table = """
        CREATE TABLE IF NOT EXISTS schema_migration (
            source text NOT NULL, number integer NOT NULL, name text NOT NULL, checksum text NOT NULL, compatible_with integer NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (source, number))
        """;

    private static readonly TimeSpan LockLimit = TimeSpan.FromMinutes(10);

    private readonly PostgresUrl _url;
    private readonly ImmutableArray<MigrationSource> _sources;

    /// <summary>Creates a migrator.</summary>
    /// <param name="url">The database.</param>
    /// <param name="sources">What it must have; applied in this order.</param>
    public Migrator(PostgresUrl url, params IEnumerable<MigrationSource> sources)
    {
        ArgumentNullException.ThrowIfNull(url);
        _url = url;
        _sources = [.. sources];
        if (_sources.Select(source => source.Name).Distinct().Count() != _sources.Length) throw new ArgumentException("Two sources of scripts have the same name.", nameof(sources));
    }

    /// <summary>Looks, and changes nothing.</summary>
    /// <exception cref="MigrationException">A script has changed since it was applied, or the database is too new.</exception>
    /// <exception cref="IOException">The database cannot be reached or read.</exception>
    public Task<SchemaState> LookAsync(CancellationToken cancellationToken) => _url.GuardAsync("look at the tables", async () =>
    {
        await using var connection = new NpgsqlConnection(_url.ConnectionString(PostgresUse.Migrate));
        await connection.OpenAsync(cancellationToken);
        return await LookAsync(connection, cancellationToken);
    });

    /// <summary>Applies what is missing.</summary>
    /// <param name="progress">Is told of each script once it is applied, and of waiting for another migrator; null to say nothing.</param>
    /// <param name="cancellationToken">Ends it between two scripts or rolls the one under way back.</param>
    /// <returns>What was applied.</returns>
    /// <exception cref="MigrationException">A script has changed since it was applied, the database is too new, or a script failed: it is then rolled back, those before it stand.</exception>
    /// <exception cref="IOException">The database cannot be reached or written.</exception>
    public Task<ImmutableArray<PendingScript>> MigrateAsync(Action<string>? progress, CancellationToken cancellationToken) => _url.GuardAsync("change the tables", async () =>
    {
        await using var connection = new NpgsqlConnection(_url.ConnectionString(PostgresUse.Migrate));
        await connection.OpenAsync(cancellationToken);
        await TakeLockAsync(connection, progress, cancellationToken);
        await RunAsync(connection, Table, cancellationToken);
        var pending = (await LookAsync(connection, cancellationToken)).Pending;
        foreach (var script in pending)
        {
            await ApplyAsync(connection, script, cancellationToken);
            progress?.Invoke($"applied {script}");
        }

        // The lock goes with the connection; it is not kept for a pool.
        return pending;
    });

    private async Task<SchemaState> LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = await AppliedAsync(connection, cancellationToken);
        var pending = ImmutableArray.CreateBuilder<PendingScript>();
        var newer = ImmutableArray.CreateBuilder<string>();
        foreach (var source in _sources)
        {
            var known = source.Scripts.Length;
            foreach (var row in applied.Where(row => row.Source == source.Name).OrderBy(row => row.Number))
            {
                if (row.Number <= known)
                {
                    var script = source.Scripts[row.Number - 1];
                    if (script.Checksum != row.Checksum)
                    {
                        throw new MigrationException(
                            $"The script {source.Name}/{script.Name} is not the one that was applied to {_url.Display} on {row.AppliedAt:yyyy-MM-dd} (checksum {row.Checksum[..8]} there, "
                            + $"{script.Checksum[..8]} here). A script never changes once it was applied: restore it and put the change into a new one.");
                    }
                }
                else if (row.CompatibleWith > known)
                {
                    throw new MigrationException(
                        $"{_url.Display} has the script {source.Name}/{row.Name}, which needs a program that knows script {row.CompatibleWith}; this one knows {known}. Start a newer program.");
                }
                else
                {
                    newer.Add($"{source.Name}/{row.Name}");
                }
            }

            var have = applied.Where(row => row.Source == source.Name).Select(row => row.Number).ToHashSet();
            pending.AddRange(source.Scripts.Where(script => !have.Contains(script.Number)).Select(script => new PendingScript(source.Name, script)));
        }

        return new SchemaState(pending.ToImmutable(), newer.ToImmutable());
    }

    private static async Task<List<Applied>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var rows = new List<Applied>();
        await using var exists = new NpgsqlCommand("SELECT to_regclass('schema_migration') IS NOT NULL", connection);
        if (await exists.ExecuteScalarAsync(cancellationToken) is not true) return rows;
        await using var command = new NpgsqlCommand("SELECT source, number, name, checksum, compatible_with, applied_at FROM schema_migration", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new Applied(reader.GetString(0), reader.GetInt32(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4), reader.GetFieldValue<DateTimeOffset>(5)));
        }

        return rows;
    }

    private async Task TakeLockAsync(NpgsqlConnection connection, Action<string>? progress, CancellationToken cancellationToken)
    {
        await using var attempt = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection) { Parameters = { new() { Value = Lock } } };
        if (await attempt.ExecuteScalarAsync(cancellationToken) is true) return;
        progress?.Invoke("waiting for another migrator");
        await RunAsync(connection, $"SET lock_timeout = {(int)LockLimit.TotalMilliseconds}", cancellationToken);
        try
        {
            await using var wait = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection) { Parameters = { new() { Value = Lock } }, CommandTimeout = 0 };
            await wait.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new MigrationException($"Another migrator has been at work on {_url.Display} for {LockLimit.TotalMinutes} minutes. See what it is doing in pg_stat_activity, then try again.", e);
        }

        await RunAsync(connection, "RESET lock_timeout", cancellationToken);
    }

    private async Task ApplyAsync(NpgsqlConnection connection, PendingScript pending, CancellationToken cancellationToken)
    {
        var script = pending.Script;
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await RunAsync(connection, script.Sql, cancellationToken);
            await using var note = new NpgsqlCommand("INSERT INTO schema_migration (source, number, name, checksum, compatible_with) VALUES ($1, $2, $3, $4, $5)", connection)
            {
                Parameters = { new() { Value = pending.Source }, new() { Value = script.Number }, new() { Value = script.Name }, new() { Value = script.Checksum }, new() { Value = script.CompatibleWith } },
            };
            await note.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (PostgresException e)
        {
            throw new MigrationException($"The script {pending} failed on {_url.Display} and was rolled back: {e.SqlState} {e.MessageText}", e);
        }
    }

    // The text of a script, or of this file: never anything from outside.
#pragma warning disable CA2100
    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
#pragma warning restore CA2100

    private sealed record Applied(string Source, int Number, string Name, string Checksum, int CompatibleWith, DateTimeOffset AppliedAt);
}
