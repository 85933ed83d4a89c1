using System.Globalization;
using Monitoring.Core;
using Monitoring.Standalone.Tests.EndToEnd;
using Monitoring.Storage;
using Monitoring.Storage.Migrations;
using Monitoring.Storage.Postgres;
using Monitoring.Testing;
using Monitoring.Testing.Postgres;
using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.Crash;

/// <summary>
/// A whole monitor on its simulated network is killed with SIGKILL under load again and again. <c>MONITORING_SOAK_KILLS</c> and
/// <c>MONITORING_SOAK_SEED</c> make it last longer, or otherwise.
/// </summary>
[Collection(OneAtATime.Name)]
public sealed class KillTests
{
    private const int LivesOfADirectory = 3;
    private const string StoreUrl = "MONITOR_Store__Url";

    private static readonly ResultQuery Everything = new() { From = DateTimeOffset.MinValue, Until = DateTimeOffset.MaxValue, LastOnly = false };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public Task Killed_at_any_instant_and_started_again_it_has_lost_nothing_counted_nothing_twice_and_shows_the_same_windows() => KillAsync(
        Number("MONITORING_SOAK_KILLS", 12), () => Task.FromResult(new Dictionary<string, string>()), async (lives, store, scratch, deaths) =>
        {
            foreach (var death in deaths)
            {
                await lives.LiveAndDieAsync(death);
                Assert.True((await JournalVerifier.VerifyAsync(scratch.At("data/journal"), Cancel)).IsWhole, death.ToString());
            }

            await lives.StopAndCompareAsync(() => Task.FromResult(store));
            await VerifyJournalAsync(scratch, lives);
        });

    [LimitedFact]
    public async Task The_same_holds_where_results_are_stored_in_PostgreSQL()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.StartAsync();
        var kills = Number("MONITORING_SOAK_KILLS", Environment.GetEnvironmentVariable("MONITORING_SOAK") == "1" ? 12 : LivesOfADirectory);
        await KillAsync(kills, () => MakeSlowAsync(server), async (lives, store, scratch, deaths) =>
        {
            foreach (var death in deaths) await lives.LiveAndDieAsync(death);
            var url = PostgresUrl.Parse(store[StoreUrl]);
            var name = url.Display.Split('/')[^1];
            await lives.StopAndCompareAsync(async () => StoreAt(await server.CreateDatabaseAsync(name)));
            Assert.False(Directory.EnumerateFiles(scratch.At("data"), "outcomes-*", SearchOption.AllDirectories).Any());

            await using var results = await PostgresResultStore.OpenAsync(url, new PostgresRetention(), TimeProvider.System, Assert.Fail, Cancel);
            var all = await results.ReadAsync(Everything, Cancel).ToListAsync(Cancel);
            Assert.Equal(await server.QueryAsync(name, "SELECT count(*) FROM test_result"), all.Count.ToString(CultureInfo.InvariantCulture));
            lives.VerifyRevisions(all);
        });
    }

    // A batch takes its time, and ends unwritten when its writer is gone: what was acknowledged too early is lost.
    private static async Task<Dictionary<string, string>> MakeSlowAsync(PostgresServer server)
    {
        var address = await server.CreateDatabaseAsync();
        var url = PostgresUrl.Parse(address);
        await new Migrator(url, MigrationSource.Results).MigrateAsync(null, Cancel);
        var name = url.Display.Split('/')[^1];
        await server.QueryAsync(name, $"""
            CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.05); RETURN NULL; END';
            CREATE TRIGGER take_time BEFORE INSERT ON test_result FOR EACH STATEMENT EXECUTE FUNCTION take_time();
            ALTER DATABASE {name} SET client_connection_check_interval = '5ms'
            """);
        return StoreAt(address);
    }

    private static async Task KillAsync(
        int kills, Func<Task<Dictionary<string, string>>> makeStoreAsync, Func<Lives, Dictionary<string, string>, Scratch, IEnumerable<Death>, Task> liveAsync)
    {
        var seed = Number("MONITORING_SOAK_SEED", 20_261_120);
        var random = new Random(seed);
        int acknowledged = 0, sent = 0, own = 0, spooled = 0, left = 0, directories = 0;
        for (; directories * LivesOfADirectory < kills; directories++)
        {
            using var scratch = new Scratch();
            var store = await makeStoreAsync();
            using var lives = new Lives(scratch, store);
            await liveAsync(lives, store, scratch, [.. Enumerable.Range(0, LivesOfADirectory).Select(life => Death.Draw(random, isFirst: life == 0))]);
            (acknowledged, sent, own, spooled, left) = (
                acknowledged + lives.Posts.Acknowledged, sent + lives.Posts.Sent, own + lives.Own, spooled + lives.Spooled, left + lives.LeftAtAKill);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"seed {seed}: {directories * LivesOfADirectory} kills on {directories} directories, {acknowledged} of {sent} posts acknowledged, {own} counted results of its own seen, {spooled} spooled, {left} in the spool at a kill");
    }

    private static async Task VerifyJournalAsync(Scratch scratch, Lives lives)
    {
        var report = await JournalVerifier.VerifyAsync(scratch.At("data/journal"), Cancel);
        Assert.True(report.IsWhole, report.Files.FirstOrDefault(f => !f.IsWhole)?.FirstFault?.ToString());
        Assert.All(report.Files, f => Assert.Equal(0, f.TornBytes));
        var copy = scratch.At("journal");
        Lives.Copy(scratch.At("data/journal"), copy);
        await using var store = await JournalResultStore.OpenAsync(copy, TimeProvider.System, null, Cancel);
        var all = await store.ReadAsync(Everything, Cancel).ToListAsync(Cancel);
        Assert.Equal(report.Files.Where(f => f.File.StartsWith("outcomes-", StringComparison.Ordinal)).Sum(f => f.Records), all.Count);
        lives.VerifyRevisions(all);
    }

    private static Dictionary<string, string> StoreAt(string address) => new() { [StoreUrl] = address };

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
