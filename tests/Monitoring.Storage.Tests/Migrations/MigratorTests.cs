using Monitoring.Storage.Migrations;
using Monitoring.Storage.Tests.Postgres;

namespace Monitoring.Storage.Tests.Migrations;

public sealed class MigratorTests
{
    private static readonly MigrationScript First = MigrationScript.Parse("0001_first.sql", "-- compatible-with: 1\nCREATE TABLE first (id integer); INSERT INTO first VALUES (1);\n");
    private static readonly MigrationScript Second = MigrationScript.Parse("0002_second.sql", "-- compatible-with: 1\nALTER TABLE first ADD COLUMN more text;\n");
    private static readonly MigrationScript Contracting = MigrationScript.Parse("0003_third.sql", "-- compatible-with: 2\nALTER TABLE first DROP COLUMN id;\n");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scripts_are_applied_once_in_order_and_then_nothing_is_missing()
    {
        var database = await Database.CreateEmptyAsync();
        var migrator = new Migrator(database.Url, new MigrationSource("x", [Second, First]), MigrationSource.Results);
        Assert.Equal(["x/0001_first.sql", "x/0002_second.sql", "results/0001_results.sql"], (await migrator.LookAsync(Cancel)).Pending.Select(script => script.ToString()));
        Assert.Equal("0", await database.QueryAsync("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));
        var told = new List<string>();
        Assert.Equal(3, (await migrator.MigrateAsync(told.Add, Cancel)).Length);
        Assert.Equal(["applied x/0001_first.sql", "applied x/0002_second.sql", "applied results/0001_results.sql"], told);
        Assert.True((await migrator.LookAsync(Cancel)).IsReady);
        Assert.Empty(await migrator.MigrateAsync(told.Add, Cancel));
        Assert.Equal("1", await database.QueryAsync("SELECT count(*) FROM first"));
    }

    [Fact]
    public async Task Of_many_migrators_at_once_one_works_and_all_end_well()
    {
        var database = await Database.CreateEmptyAsync();
        var slow = MigrationScript.Parse("0001_slow.sql", "-- compatible-with: 1\nCREATE TABLE slow (id integer); INSERT INTO slow VALUES (1); SELECT pg_sleep(0.3);\n");
        var applied = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => new Migrator(database.Url, new MigrationSource("x", [slow]), MigrationSource.Results).MigrateAsync(null, Cancel)));
        Assert.Single(applied, scripts => scripts.Length == 2);
        Assert.Equal(7, applied.Count(scripts => scripts.IsEmpty));
        Assert.Equal("1", await database.QueryAsync("SELECT count(*) FROM slow"));
    }

    [Fact]
    public async Task A_script_that_changed_since_is_refused_by_name_and_nothing_is_done()
    {
        var database = await Database.CreateEmptyAsync();
        await MigrateAsync(database, First);
        var changed = MigrationScript.Parse("0001_first.sql", First.Sql + "-- a word more\n");
        var e = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync(database, changed, Second));
        Assert.Contains("x/0001_first.sql is not the one that was applied", e.Message, StringComparison.Ordinal);
        Assert.Equal("1", await database.QueryAsync("SELECT count(*) FROM schema_migration"));
    }

    [Fact]
    public void Line_ends_are_no_change() =>
        Assert.Equal(First.Checksum, MigrationScript.Parse("0001_first.sql", First.Sql.Replace("\n", "\r\n", StringComparison.Ordinal)).Checksum);

    [Fact]
    public async Task An_older_program_runs_on_what_was_only_expanded_and_refuses_what_was_contracted()
    {
        var database = await Database.CreateEmptyAsync();
        await MigrateAsync(database, First, Second);
        var old = new Migrator(database.Url, new MigrationSource("x", [First]));
        var state = await old.LookAsync(Cancel);
        Assert.True(state.IsReady);
        Assert.Equal(["x/0002_second.sql"], state.Newer);
        Assert.Empty(await old.MigrateAsync(null, Cancel));

        await MigrateAsync(database, First, Second, Contracting);
        var e = await Assert.ThrowsAsync<MigrationException>(() => old.LookAsync(Cancel));
        Assert.Contains("x/0003_third.sql, which needs a program that knows script 2; this one knows 1", e.Message, StringComparison.Ordinal);
        Assert.True((await new Migrator(database.Url, new MigrationSource("x", [First, Second])).LookAsync(Cancel)).IsReady);
    }

    [Fact]
    public async Task A_script_that_fails_is_rolled_back_whole_and_those_before_it_stand()
    {
        var database = await Database.CreateEmptyAsync();
        var broken = MigrationScript.Parse("0002_broken.sql", "-- compatible-with: 1\nCREATE TABLE half (id integer);\nSELECT no_such_function();\n");
        var e = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync(database, First, broken));
        Assert.Contains("x/0002_broken.sql failed", e.Message, StringComparison.Ordinal);
        Assert.Contains("no_such_function", e.Message, StringComparison.Ordinal);
        Assert.Equal("first\nschema_migration", await database.QueryAsync("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"));
        Assert.Single(await MigrateAsync(database, First, Second));
    }

    [Theory]
    [InlineData("first.sql", "-- compatible-with: 1\n")]
    [InlineData("0000_zero.sql", "-- compatible-with: 1\n")]
    [InlineData("0002_x.sql", "-- compatible-with: 3\n")]
    [InlineData("0002_x.sql", "-- compatible-with: 0\n")]
    [InlineData("0002_x.sql", "CREATE TABLE x ();\n")]
    [InlineData("0002_x.sql", "")]
    public void What_is_no_script_is_refused(string name, string text) => Assert.Throws<FormatException>(() => MigrationScript.Parse(name, text));

    [Fact]
    public void A_source_has_no_gap_and_a_name_of_its_own()
    {
        Assert.Throws<ArgumentException>(() => new MigrationSource("x", [First, Contracting]));
        Assert.Throws<ArgumentException>(() => new MigrationSource("x", [First, First]));
        Assert.Throws<ArgumentException>(() => new MigrationSource("X y", [First]));
        Assert.Throws<ArgumentException>(() => new Migrator(Storage.Postgres.PostgresUrl.Parse("postgres://h/d"), new MigrationSource("x", [First]), new MigrationSource("x", [First])));
    }

    private static Task<ImmutableArray<PendingScript>> MigrateAsync(Database database, params MigrationScript[] scripts) =>
        new Migrator(database.Url, new MigrationSource("x", scripts)).MigrateAsync(null, Cancel);
}
