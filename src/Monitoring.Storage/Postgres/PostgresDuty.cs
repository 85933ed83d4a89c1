using Npgsql;

namespace Monitoring.Storage.Postgres;

/// <summary>
/// Something that one process of several does at a time, such as telling of incidents, with the state logs that belong to it. All of it goes over
/// the one connection that holds the lock: a process that has lost the lock, whatever it believes, can write nothing any more. The server gives
/// the lock up with the connection: at once when the process dies, within half a minute when its machine has vanished.
/// </summary>
public sealed class PostgresDuty : IAsyncDisposable
{
    // The first half of the lock's name; the second is the duty's. Nobody else uses it.
    private const int Locks = 7236120;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly PostgresUrl _url;
    private readonly NpgsqlConnection _connection;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _looking;

    private PostgresDuty(PostgresUrl url, NpgsqlConnection connection, TimeProvider time)
    {
        (_url, _connection, _time) = (url, connection, time);
        Lost = _lost.Token;
        _looking = LookAsync();
    }

    /// <summary>Cancelled when the duty is another's, or may be: whatever is done under it must end.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Takes a duty, if nobody has it. The tables are there already (<see cref="Migrations.MigrationSource.State"/>).</summary>
    /// <param name="url">The database.</param>
    /// <param name="name">Names the duty.</param>
    /// <param name="time">The clock by which the connection is looked at.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Null when another process has it.</returns>
    /// <exception cref="IOException">The database cannot be reached.</exception>
    public static Task<PostgresDuty?> TryTakeAsync(PostgresUrl url, string name, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(time);
        return url.GuardAsync($"take the duty '{name}'", async () =>
        {
            var connection = new NpgsqlConnection(url.ConnectionString(PostgresUse.Migrate));
            try
            {
                await connection.OpenAsync(cancellationToken);
                await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1, hashtext($2))", connection) { Parameters = { new() { Value = Locks }, new() { Value = name } } };
                if (await command.ExecuteScalarAsync(cancellationToken) is true) return new PostgresDuty(url, connection, time);
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }

            await connection.DisposeAsync();
            return null;
        });
    }

    /// <summary>Opens a state log that belongs to the duty, with what an earlier holder left in it. It ends with the duty.</summary>
    /// <param name="name">Names the log, 1 to 200 characters.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public async Task<IStateLog> OpenLogAsync(string name, CancellationToken cancellationToken)
    {
        var entries = await RunAsync(async connection =>
        {
            await using var command = new NpgsqlCommand("SELECT kind, key, value::text FROM state_entry WHERE log = $1", connection) { Parameters = { new() { Value = name } } };
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var read = new List<StateEntry>();
            while (await reader.ReadAsync(cancellationToken)) read.Add(new StateEntry(reader.GetString(0), reader.GetString(1), reader.GetString(2)));
            return read;
        });
        return new PostgresStateLog(this, name, entries);
    }

    /// <summary>Gives the duty up.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _looking;
        await _lost.CancelAsync();
        await _gate.WaitAsync();
        await _connection.DisposeAsync();
        _gate.Release();
        _stop.Dispose();
    }

    /// <summary>Does something on the connection; after a failure that may have ended it, the duty is lost.</summary>
    /// <exception cref="IOException">It failed; whether it was done is not known.</exception>
    internal async Task<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> action)
    {
        // Never given up half way: a cancelled command may have been carried out.
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            if (Lost.IsCancellationRequested) throw new IOException($"The duty is lost: the connection to {_url.Display} ended.");
            return await action(_connection);
        }
        catch (Exception e) when (PostgresUrl.IsFailure(e))
        {
            if (_connection.State != System.Data.ConnectionState.Open) await _lost.CancelAsync();
            throw _url.Failed("use the state", e);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(LookEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await RunAsync(async connection =>
                {
                    await using var command = new NpgsqlCommand("SELECT 1", connection) { CommandTimeout = 10 };
                    return await command.ExecuteScalarAsync(CancellationToken.None);
                });
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (IOException)
        {
            await _lost.CancelAsync();
        }
    }
}
