using Npgsql;

namespace Monitoring.Storage.Postgres;

/// <summary>
/// Holds a database for one monitor, or for the processes of one cluster together: two of them would test everybody twice. The server gives it up with the connection, within half a minute
/// also when the machine of the holder has vanished. A holder whose connection was lost takes the database again as soon as it can; until then
/// <see cref="Trouble"/> says why nothing may be stored.
/// </summary>
public sealed class PostgresHold : IAsyncDisposable
{
    // Nobody else uses this number: it is the name of the lock in the whole database.
    private const long Lock = 7236120261122;

    // The first half of the name of a cluster's own lock; the second is a hash of its id.
    private const int Clusters = 7236121;
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private readonly PostgresUrl _url;
    private readonly string? _cluster;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _keeping;
    private HoldTrouble? _trouble;

    private PostgresHold(PostgresUrl url, string? cluster, NpgsqlConnection connection, TimeProvider time)
    {
        (_url, _cluster, _time) = (url, cluster, time);
        _keeping = KeepAsync(connection);
    }

    /// <summary>Why the database is not this monitor's just now; null while it is. Reading it costs nothing and never blocks.</summary>
    public HoldTrouble? Trouble => Volatile.Read(ref _trouble);

    /// <summary>Takes the database, waiting for a holder that may have died just now.</summary>
    /// <param name="url">The database.</param>
    /// <param name="patience">How long to wait at most.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="StateDirectoryException">Another monitor holds it.</exception>
    /// <exception cref="IOException">The database cannot be reached.</exception>
    public static Task<PostgresHold> TakeAsync(PostgresUrl url, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken) =>
        TakeAsync(url, null, patience, time, cancellationToken);

    /// <summary>Takes the database together with the other processes of a cluster, waiting for a stranger that may have died just now.</summary>
    /// <param name="url">The database.</param>
    /// <param name="cluster">The cluster's id: processes of another one are strangers, as a monitor of one process is.</param>
    /// <param name="patience">How long to wait at most.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="StateDirectoryException">A monitor of one process, or another cluster, holds it.</exception>
    /// <exception cref="IOException">The database cannot be reached.</exception>
    public static Task<PostgresHold> ShareAsync(PostgresUrl url, string cluster, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(cluster);
        return TakeAsync(url, cluster, patience, time, cancellationToken);
    }

    /// <summary>Gives the database up.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _keeping;
        _stop.Dispose();
    }

    private static Task<PostgresHold> TakeAsync(PostgresUrl url, string? cluster, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(time);
        return url.GuardAsync("take the database for this monitor", async () =>
        {
            for (var start = time.GetTimestamp(); ; await Task.Delay(Between, time, cancellationToken))
            {
                if (await TryTakeAsync(url, cluster, cancellationToken) is { } connection) return new PostgresHold(url, cluster, connection, time);
                if (time.GetElapsedTime(start) >= patience)
                {
                    throw new StateDirectoryException($"Another monitor{(cluster is null ? "" : $", or a cluster of another id than '{cluster}',")} works on {url.Display}: two of them would test everybody twice. Stop it, or give this one a database of its own.");
                }
            }
        });
    }

    // A connection of its own, for the server holds the lock as long as this lives.
    private static async Task<NpgsqlConnection?> TryTakeAsync(PostgresUrl url, string? cluster, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(url.ConnectionString(PostgresUse.Migrate));
        try
        {
            await connection.OpenAsync(cancellationToken);
            if (await IsOursAsync(connection, cluster, cancellationToken)) return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    // A cluster's processes share the lock that a single monitor wants for itself, and each shows its cluster by a second one. Whoever sees
    // another cluster's goes; of two that come at once both see the other.
    private static async Task<bool> IsOursAsync(NpgsqlConnection connection, string? cluster, CancellationToken cancellationToken)
    {
        await using var hold = new NpgsqlCommand(cluster is null ? "SELECT pg_try_advisory_lock($1)" : "SELECT pg_try_advisory_lock_shared($1)", connection) { Parameters = { new() { Value = Lock } } };
        if (await hold.ExecuteScalarAsync(cancellationToken) is not true) return false;
        if (cluster is null) return true;
        await using var show = new NpgsqlCommand("SELECT pg_try_advisory_lock_shared($1, hashtext($2))", connection) { Parameters = { new() { Value = Clusters }, new() { Value = cluster } } };
        if (await show.ExecuteScalarAsync(cancellationToken) is not true) return false;
        await using var look = new NpgsqlCommand(
            """
            SELECT count(*) FROM pg_locks
            WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND objsubid = 2 AND classid::bigint = $1 AND objid::bigint <> (hashtext($2)::bigint & 4294967295)
            """,
            connection) { Parameters = { new() { Value = (long)Clusters }, new() { Value = cluster } } };
        return await look.ExecuteScalarAsync(cancellationToken) is 0L;
    }

    private async Task KeepAsync(NpgsqlConnection first)
    {
        for (var held = first; ; held = await TakeAgainAsync())
        {
            if (held is null) return;
            Volatile.Write(ref _trouble, null);
            await using (held)
            {
                var why = await LostAsync(held);
                if (why is null) return;
                Say($"The lock that keeps other monitors off {_url.Display} was lost: {why} Nothing is stored until it is taken again.");
            }
        }
    }

    // Nothing is ever told on this connection, so waiting for it ends when the connection does; null when asked to stop.
    private async Task<string?> LostAsync(NpgsqlConnection held)
    {
        try
        {
            while (true) await held.WaitAsync(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            return _stop.IsCancellationRequested ? null : PostgresUrl.Reason(e);
        }
    }

    // Null when asked to stop.
    private async Task<NpgsqlConnection?> TakeAgainAsync()
    {
        while (true)
        {
            try
            {
                if (await TryTakeAsync(_url, _cluster, _stop.Token) is { } taken) return taken;
                Say($"Another monitor works on {_url.Display} since this one lost its connection (or, for half a minute, the server holds on to that): two of them would test everybody twice. Stop one of them; nothing is stored here until then.", isTaken: true);
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return null;
            }
            catch (Exception e)
            {
                Say($"The lock that keeps other monitors off {_url.Display} was lost and cannot be taken again: {PostgresUrl.Reason(e)} It is tried every second; nothing is stored until then.");
            }

            try
            {
                await Task.Delay(Between, _time, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }

    private void Say(string why, bool isTaken = false) =>
        Volatile.Write(ref _trouble, new HoldTrouble(why, isTaken, _trouble is { } before && before.IsTaken == isTaken ? before.Since : _time.GetUtcNow()));
}
