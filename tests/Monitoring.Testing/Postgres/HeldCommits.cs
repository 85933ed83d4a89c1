namespace Monitoring.Testing.Postgres;

/// <summary>
/// Holds the commits of results in one database: their rows are inserted, and the transaction waits at its very end. Nobody else sees them yet, and
/// if its connection goes they are gone.
/// </summary>
public sealed class HeldCommits
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);
    private readonly PostgresServer _server;
    private readonly string _database;

    private HeldCommits(PostgresServer server, string database) => (_server, _database) = (server, database);

    /// <summary>Puts the gate into a database that has the tables of results; it is open.</summary>
    /// <param name="server">The server.</param>
    /// <param name="database">The name of the database. Its sessions begin after this: they notice at once when their client has gone.</param>
    public static async Task<HeldCommits> PrepareAsync(PostgresServer server, string database)
    {
        // Every query of the function sees what is committed by then, also in a transaction that is about to end.
        await server.QueryAsync(database, $"""
            CREATE TABLE gate (is_shut boolean NOT NULL);
            INSERT INTO gate VALUES (false);
            CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN WHILE (SELECT is_shut FROM gate) LOOP PERFORM pg_sleep(0.01); END LOOP; RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER wait_at_gate AFTER INSERT ON test_result DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_at_gate();
            ALTER DATABASE {database} SET client_connection_check_interval = '5ms'
            """);
        return new HeldCommits(server, database);
    }

    /// <summary>From now on no result is committed.</summary>
    public Task HoldAsync() => _server.QueryAsync(_database, "UPDATE gate SET is_shut = true");

    /// <summary>What is held is committed, and what comes.</summary>
    public Task LetGoAsync() => _server.QueryAsync(_database, "UPDATE gate SET is_shut = false");

    /// <summary>Waits until a commit is held.</summary>
    public Task UntilHeldAsync(CancellationToken cancellationToken) => UntilAsync(anybody: true, cancellationToken);

    /// <summary>Waits until none is: whoever waited has been let go or has lost its connection.</summary>
    public Task UntilNoneAsync(CancellationToken cancellationToken) => UntilAsync(anybody: false, cancellationToken);

    /// <summary>Ends the connections of those who are held, again and again, until something that waits for a commit has given up.</summary>
    public async Task EndAsync(Task waiting, CancellationToken cancellationToken)
    {
        while (!waiting.IsCompleted)
        {
            await _server.QueryAsync(_database, $"SELECT pg_terminate_backend(pid) {Held}");
            await Task.Delay(Glance, cancellationToken);
        }
    }

    private const string Held = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";

    private async Task UntilAsync(bool anybody, CancellationToken cancellationToken)
    {
        while (await _server.QueryAsync(_database, $"SELECT count(*) > 0 {Held}") != (anybody ? "t" : "f")) await Task.Delay(Glance, cancellationToken);
    }
}
