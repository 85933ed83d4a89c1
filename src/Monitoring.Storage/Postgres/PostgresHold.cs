using Npgsql;

namespace Monitoring.Storage.Postgres;

/// <summary>
/// Holds a database for one monitor: two of them would test everybody twice. The server gives it up with the connection, within half a minute
/// also when the machine of the holder has vanished. It guards against a mistake: whose connection was lost goes on without it.
/// </summary>
public sealed class PostgresHold : IAsyncDisposable
{
    // Nobody else uses this number: it is the name of the lock in the whole database.
    private const long Lock = 7236120261122;
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private readonly NpgsqlConnection _connection;

    private PostgresHold(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Takes the database, waiting for a holder that may have died just now.</summary>
    /// <param name="url">The database.</param>
    /// <param name="patience">How long to wait at most.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="StateDirectoryException">Another monitor holds it.</exception>
    /// <exception cref="IOException">The database cannot be reached.</exception>
    public static Task<PostgresHold> TakeAsync(PostgresUrl url, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(time);
        return url.GuardAsync("take the database for this monitor", async () =>
        {
            var connection = new NpgsqlConnection(url.ConnectionString(PostgresUse.Migrate));
            try
            {
                await connection.OpenAsync(cancellationToken);
                await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection) { Parameters = { new() { Value = Lock } } };
                for (var start = time.GetTimestamp(); await command.ExecuteScalarAsync(cancellationToken) is not true;)
                {
                    if (time.GetElapsedTime(start) >= patience)
                    {
                        throw new StateDirectoryException($"Another monitor works on {url.Display}: two of them would test everybody twice. Stop it, or give this one a database of its own.");
                    }

                    await Task.Delay(Between, time, cancellationToken);
                }

                return new PostgresHold(connection);
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        });
    }

    /// <summary>Gives the database up.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
