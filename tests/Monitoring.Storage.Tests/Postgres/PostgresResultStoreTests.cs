using Monitoring.Core;
using Monitoring.Storage.Migrations;
using Monitoring.Storage.Postgres;
using Monitoring.Storage.Tests.Results;

namespace Monitoring.Storage.Tests.Postgres;

public sealed class PostgresResultStoreTests : ResultStoreContract
{
    private readonly List<string> _told = [];
    private Database? _database;
    private PostgresRetention _retention = new();

    private PostgresResultStore Postgres => (PostgresResultStore)Store;

    private Database Database => _database!;

    private protected override async Task<IResultStore> OpenAsync()
    {
        _database ??= await Database.CreateAsync();
        return await PostgresResultStore.OpenAsync(_database.Url, _retention, Time, _told.Add, Cancel);
    }

    [Fact]
    public async Task A_database_without_tables_is_refused_with_the_command_to_run()
    {
        var empty = await Database.CreateEmptyAsync();
        var e = await Assert.ThrowsAsync<MigrationException>(() => PostgresResultStore.OpenAsync(empty.Url, new PostgresRetention(), Time, null, Cancel));
        Assert.Contains("results/0001_results.sql", e.Message, StringComparison.Ordinal);
        Assert.Contains($"monitor migrate --store {empty.Url.Display}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_coming_days_have_partitions_before_they_begin_and_any_other_day_gets_them()
    {
        var today = DateOnly.FromDateTime(Time.Now.UtcDateTime);
        Assert.Equal(Enumerable.Range(0, 8).Select(day => $"test_result_{today.AddDays(day):yyyyMMdd}"), await PartitionsAsync("test_result"));
        Assert.Equal(8, (await PartitionsAsync("test_evidence")).Length);
        await Store.AppendAsync(Samples.Revision("old", Samples.Noon.AddDays(-400)), null, Cancel);
        Assert.Contains($"test_result_{DateOnly.FromDateTime(Samples.Noon.UtcDateTime).AddDays(-400):yyyyMMdd}", await PartitionsAsync("test_result"));
    }

    [Fact]
    public async Task The_record_is_the_one_of_the_journal_byte_for_byte()
    {
        var revision = Samples.Revision("a", Samples.Noon.AddTicks(7), detail: "line\u2028break é");
        await Store.AppendAsync(revision, Samples.Evidence("x"), Cancel);
        using var folder = new TemporaryFolder();
        await using (var journal = await JournalResultStore.OpenAsync(folder.FolderPath, Time, null, Cancel)) await journal.AppendAsync(revision, Samples.Evidence("x"), Cancel);
        foreach (var (table, file) in new[] { ("test_result", "outcomes"), ("test_evidence", "evidence") })
        {
            var line = await File.ReadAllTextAsync(folder.File($"{file}-2026-11-20.jsonl"), Cancel);
            var record = line[(line.IndexOf("\"record\":", StringComparison.Ordinal) + 9)..line.LastIndexOf('}')];
            Assert.Equal(record, await Database.QueryAsync($"SELECT record FROM {table}"));
        }
    }

    [Fact]
    public async Task An_answer_means_that_the_server_wrote_it_to_its_disk_whatever_its_own_habit()
    {
        await Database.QueryAsync("ALTER ROLE monitor IN DATABASE " + Database.Url.Display.Split('/')[^1] + " SET synchronous_commit = off");
        await ReopenAsync();
        await Database.QueryAsync("CREATE TABLE seen (mode text); CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$; CREATE TRIGGER see AFTER INSERT ON test_result FOR EACH STATEMENT EXECUTE FUNCTION see()");
        await Store.AppendAsync(Samples.Revision("a"), null, Cancel);
        Assert.Equal("on", await Database.QueryAsync("SELECT mode FROM seen"));
    }

    [Fact]
    public async Task What_waits_is_written_in_one_transaction()
    {
        await Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => Store.AppendAsync(Samples.Revision($"t{i}"), Samples.Evidence("x"), Cancel)));
        Assert.Equal("2000", await Database.QueryAsync("SELECT count(*) FROM test_evidence"));
        var transactions = int.Parse(await Database.QueryAsync("SELECT count(DISTINCT xmin::text) FROM test_result"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(transactions, 1, 100);
    }

    [Fact]
    public async Task A_text_that_a_server_cannot_hold_as_text_is_stored_all_the_same()
    {
        var odd = Samples.Revision("a", detail: "nul \0 and half a pair \ud800");
        Assert.True(await Store.AppendAsync(odd, null, Cancel));
        Assert.Equal("a/1", Samples.Name(Assert.Single(await Samples.AllAsync(Store))));
        Assert.Equal("Completed", await Database.QueryAsync("SELECT code FROM test_outcome"));
    }

    [Fact]
    public async Task A_row_that_is_no_record_is_told_and_skipped()
    {
        await Store.AppendAsync(Samples.Revision("a"), Samples.Evidence("x"), Cancel);
        await Store.AppendAsync(Samples.Revision("b"), null, Cancel);
        await Database.QueryAsync("UPDATE test_result SET record = '{\"test\":7}' WHERE test_id = 'a'; UPDATE test_evidence SET record = '[]'");
        Assert.Equal(["b/1"], (await Samples.AllAsync(Store)).Select(Samples.Name));
        Assert.Null(await Store.ReadEvidenceAsync(TestId.Parse("a"), Samples.Noon, Cancel));
        Assert.Equal(2, _told.Count);
    }

    [Fact]
    public async Task Sums_of_closed_days_are_written_once_made_again_when_stale_and_never_by_half()
    {
        await Store.AppendAsync(Samples.Revision("a"), null, Cancel);
        await Postgres.KeepDaysAsync(Cancel);
        Assert.Equal("0", await Database.QueryAsync("SELECT count(*) FROM summed_day"));
        Time.Now = new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);
        await Postgres.KeepDaysAsync(Cancel);
        Assert.Equal("2026-11-20\tf\t1", await Database.QueryAsync("SELECT day, is_stale, (SELECT tests FROM hourly_sum) FROM summed_day WHERE day = '2026-11-20'"));
        await Store.AppendAsync(Samples.Revision("late"), null, Cancel);
        Assert.Equal("t", await Database.QueryAsync("SELECT is_stale FROM summed_day WHERE day = '2026-11-20'"));
        Assert.Equal(2, Assert.Single(await HoursAsync()).Tests);
        await Postgres.KeepDaysAsync(Cancel);
        Assert.Equal("f\t2", await Database.QueryAsync("SELECT is_stale, (SELECT tests FROM hourly_sum) FROM summed_day WHERE day = '2026-11-20'"));
        Assert.False(await Store.AppendAsync(Samples.Revision("late"), null, Cancel));
    }

    [Fact]
    public async Task Outcomes_go_with_their_day_once_their_sums_are_written_and_the_sums_stay()
    {
        _retention = new PostgresRetention { ResultDays = 40, EvidenceDays = 5 };
        await ReopenAsync();
        await Store.AppendAsync(Samples.Revision("a"), Samples.Evidence("x"), Cancel);
        await Store.AppendAsync(Samples.Revision("b", Samples.Noon.AddDays(1)), Samples.Evidence("x"), Cancel);
        var before = await HoursAsync();

        Time.Now = Samples.Noon.AddDays(6);
        await Postgres.KeepDaysAsync(Cancel);
        Assert.Null(await Store.ReadEvidenceAsync(TestId.Parse("a"), Samples.Noon, Cancel));
        Assert.NotNull(await Store.ReadEvidenceAsync(TestId.Parse("b"), Samples.Noon.AddDays(1), Cancel));
        Assert.Equal(2, (await Samples.AllAsync(Store)).Count);

        Time.Now = Samples.Noon.AddDays(41);
        await Postgres.KeepDaysAsync(Cancel);
        Assert.Equal(["b/1"], (await Samples.AllAsync(Store)).Select(Samples.Name));
        Assert.DoesNotContain("test_result_20261120", await PartitionsAsync("test_result"));
        Assert.Equal(before, await HoursAsync());

        // What comes to such a day afterwards is kept for a while, and the sums stay those of the whole day.
        Assert.True(await Store.AppendAsync(Samples.Revision("later"), null, Cancel));
        Assert.Equal(before, await HoursAsync());
        await Postgres.KeepDaysAsync(Cancel);
        Assert.Equal(before, await HoursAsync());
        Assert.DoesNotContain("test_result_20261120", await PartitionsAsync("test_result"));
    }

    [Fact]
    public async Task A_long_reader_keeps_a_day_from_being_dropped_and_nobody_from_writing_for_long()
    {
        await Store.AppendAsync(Samples.Revision("a"), null, Cancel);
        Time.Now = Samples.Noon.AddDays(100);
        await using var reading = new Npgsql.NpgsqlConnection(Database.Url.ConnectionString(PostgresUse.Read));
        await reading.OpenAsync(Cancel);
        await using (await reading.BeginTransactionAsync(Cancel))
        {
            await using var command = new Npgsql.NpgsqlCommand("SELECT count(*) FROM test_result", reading);
            await command.ExecuteScalarAsync(Cancel);
            var e = await Assert.ThrowsAsync<IOException>(() => Postgres.KeepDaysAsync(Cancel));
            Assert.Contains("55P03", e.Message, StringComparison.Ordinal);
            Assert.True(await Store.AppendAsync(Samples.Revision("b", Time.Now), null, Cancel));
            Assert.Equal(2, (await Samples.AllAsync(Store)).Count);
        }

        await Postgres.KeepDaysAsync(Cancel);
        Assert.Equal(["b/1"], (await Samples.AllAsync(Store)).Select(Samples.Name));
        Assert.Equal(1, Assert.Single(await HoursAsync()).Tests);
    }

    [Fact]
    public async Task Nothing_is_dropped_where_everything_is_kept()
    {
        _retention = new PostgresRetention { ResultDays = 0 };
        await ReopenAsync();
        await Store.AppendAsync(Samples.Revision("a"), Samples.Evidence("x"), Cancel);
        Time.Now = Samples.Noon.AddDays(4_000);
        await Postgres.KeepDaysAsync(Cancel);
        Assert.Single(await Samples.AllAsync(Store));
        Assert.NotNull(await Store.ReadEvidenceAsync(TestId.Parse("a"), Samples.Noon, Cancel));
    }

    [Fact]
    public async Task A_note_is_written_once()
    {
        Assert.Equal("simulated", await Postgres.ClaimAsync("network", "simulated", Cancel));
        Assert.Equal("simulated", await Postgres.ClaimAsync("network", "real", Cancel));
    }

    [Fact]
    public async Task A_database_is_held_by_one_monitor_until_it_gives_it_up()
    {
        await using (await PostgresHold.TakeAsync(Database.Url, TimeSpan.Zero, TimeProvider.System, Cancel))
        {
            var e = await Assert.ThrowsAsync<StateDirectoryException>(() => PostgresHold.TakeAsync(Database.Url, TimeSpan.Zero, TimeProvider.System, Cancel));
            Assert.Contains(Database.Url.Display, e.Message, StringComparison.Ordinal);
        }

        var again = await PostgresHold.TakeAsync(Database.Url, TimeSpan.FromMinutes(1), TimeProvider.System, Cancel);
        var waiting = PostgresHold.TakeAsync(Database.Url, TimeSpan.FromMinutes(1), TimeProvider.System, Cancel);
        await again.DisposeAsync();
        await using var next = await waiting;
    }

    [Fact]
    public async Task Two_writers_at_once_write_each_revision_once()
    {
        await using var other = await PostgresResultStore.OpenAsync(Database.Url, _retention, Time, null, Cancel);
        var answers = await Task.WhenAll(Enumerable.Range(0, 3_000).Select(i => (i % 2 == 0 ? Store : other).AppendAsync(Samples.Revision($"t{i / 2}", Samples.Noon.AddDays(i % 6 / 2)), null, Cancel)));
        Assert.Equal(1_500, answers.Count(wrote => wrote));
        Assert.Equal(1_500, (await Samples.AllAsync(Store)).Count);
    }

    private protected override Task CheckSoundAsync()
    {
        Assert.Empty(_told);
        return Task.CompletedTask;
    }

    private async Task<string[]> PartitionsAsync(string table) =>
        (await Database.QueryAsync($"SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = '{table}'::regclass ORDER BY 1::text")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).ToArray();

    private Task<List<HourlySums>> HoursAsync() => Samples.ListAsync(Store.ReadHourlyAsync(Samples.Noon, Samples.Noon.AddHours(1), Cancel));
}
