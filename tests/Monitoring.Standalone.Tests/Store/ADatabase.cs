using Monitoring.Storage.Migrations;
using Monitoring.Storage.Postgres;
using Monitoring.Testing.Postgres;

namespace Monitoring.Standalone.Tests.Store;

/// <summary>A database of its own on the server that all tests of the process share; skips where there is no PostgreSQL.</summary>
internal sealed class ADatabase
{
    private readonly PostgresServer _server;

    private ADatabase(PostgresServer server, string address) => (_server, Url) = (server, PostgresUrl.Parse(address));

    /// <summary>With the password.</summary>
    public PostgresUrl Url { get; }

    /// <summary>As a command line may hold it: the password is in the environment.</summary>
    public string Address => Url.Display.Replace("://", $"://{PostgresServer.User}@", StringComparison.Ordinal);

    public static (string Name, string Value) Password => ("PGPASSWORD", PostgresServer.Password);

    public static async Task<ADatabase> CreateAsync(bool migrated = true)
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var server = await PostgresServer.SharedAsync();
        var database = new ADatabase(server, await server.CreateDatabaseAsync());
        if (migrated) await new Migrator(database.Url, MigrationSource.Results).MigrateAsync(null, TestContext.Current.CancellationToken);
        return database;
    }

    public Task<PostgresResultStore> OpenAsync(TimeProvider time) => PostgresResultStore.OpenAsync(Url, new PostgresRetention(), time, null, TestContext.Current.CancellationToken);

    public Task<string> QueryAsync(string sql) => _server.QueryAsync(Url.Display.Split('/')[^1], sql);
}
