using Monitoring.Storage.Migrations;
using Monitoring.Storage.Postgres;
using Monitoring.Testing.Postgres;

namespace Monitoring.Storage.Tests.Postgres;

/// <summary>A database of its own for one test, on the server that all share.</summary>
internal sealed class Database
{
    private static readonly Lazy<Task<string>> Migrated = new(async () =>
    {
        var server = await PostgresServer.SharedAsync();
        var url = PostgresUrl.Parse(await server.CreateDatabaseAsync());
        await new Migrator(url, MigrationSource.Results).MigrateAsync(null, CancellationToken.None);
        return NameOf(url);
    });

    private readonly PostgresServer _server;

    private Database(PostgresServer server, string address) => (_server, Address, Url) = (server, address, PostgresUrl.Parse(address));

    /// <summary>The address with the password.</summary>
    public string Address { get; }

    public PostgresUrl Url { get; }

    /// <summary>Its name on the server.</summary>
    public string Name => NameOf(Url);

    /// <summary>A database with the tables of results.</summary>
    public static async Task<Database> CreateAsync()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var server = await PostgresServer.SharedAsync();
        return new Database(server, await server.CreateDatabaseAsync(await Migrated.Value));
    }

    /// <summary>A database with the table of what must not be forgotten.</summary>
    public static async Task<Database> CreateWithStateAsync()
    {
        var database = await CreateEmptyAsync();
        await new Migrator(database.Url, MigrationSource.State).MigrateAsync(null, CancellationToken.None);
        return database;
    }

    /// <summary>A database with nothing in it.</summary>
    public static async Task<Database> CreateEmptyAsync()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var server = await PostgresServer.SharedAsync();
        return new Database(server, await server.CreateDatabaseAsync());
    }

    public Task<string> QueryAsync(string sql) => _server.QueryAsync(Name, sql);

    private static string NameOf(PostgresUrl url) => url.Display.Split('/')[^1];
}
