using System.Globalization;
using Monitoring.Core;
using Monitoring.Standalone.Tests.Commands;
using Monitoring.Standalone.Tests.Configuration;
using Monitoring.Storage;
using Monitoring.Storage.Postgres;
using Monitoring.Testing;
using Monitoring.Testing.Postgres;
using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.Store;

public sealed class The_store_is_commanded : IDisposable
{
    private readonly Scratch _scratch = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [LimitedFact]
    public async Task Migrate_shows_makes_and_then_finds_the_tables()
    {
        var database = await ADatabase.CreateAsync(migrated: false);
        string[] command = ["migrate", "--store", database.Address];
        var (code, output, errors) = await MonitorProcess.RunAsync(_scratch.Path, [.. command, "--dry-run"], ADatabase.Password);
        Assert.Equal((0, "results/0001_results.sql"), (code, output.Trim()));
        Assert.Contains("nothing was changed", errors, StringComparison.Ordinal);
        Assert.Equal("0", await database.QueryAsync("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));

        (code, _, errors) = await MonitorProcess.RunAsync(_scratch.Path, command, ADatabase.Password);
        Assert.True(code == 0, errors);
        Assert.Contains("applied results/0001_results.sql", errors, StringComparison.Ordinal);
        (code, _, errors) = await MonitorProcess.RunAsync(_scratch.Path, command, ADatabase.Password);
        Assert.Equal(0, code);
        Assert.Contains("has all that this program needs", errors, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Password, errors, StringComparison.Ordinal);
    }

    [LimitedFact]
    public async Task Run_refuses_a_database_without_tables_where_it_may_not_make_them()
    {
        var database = await ADatabase.CreateAsync(migrated: false);
        var (code, _, errors) = await MonitorProcess.RunAsync(_scratch.Path, ["run", "--store", database.Address, "--urls", "http://127.0.0.1:0", "--set", "Store:Migrate=false"], ADatabase.Password);
        Assert.Equal(1, code);
        Assert.Contains($"Run 'monitor migrate --store {database.Url.Display}'", errors, StringComparison.Ordinal);
    }

    [LimitedFact]
    public async Task A_monitor_runs_on_a_database_and_another_network_is_refused_there()
    {
        var database = await ADatabase.CreateAsync(migrated: false);
        using (var monitor = new MonitorProcess(_scratch.Path, ["run", "--store", database.Address, "--urls", "http://127.0.0.1:0"], ADatabase.Password))
        {
            Assert.EndsWith(database.Url.Display, await monitor.LineAsync("results"), StringComparison.Ordinal);
            Assert.DoesNotContain(PostgresServer.Password, monitor.Errors, StringComparison.Ordinal);
        }

        Assert.Equal("simulated", await database.QueryAsync("SELECT value FROM store_note WHERE name = 'network'"));
        Assert.False(Directory.EnumerateFiles(_scratch.At("data"), "outcomes-*", SearchOption.AllDirectories).Any());
        var (code, _, errors) = await MonitorProcess.RunAsync(
            _scratch.Path, ["run", "--store", database.Address, "--data", "other", "--region", "FRA", "--orchestrator", "https://192.0.2.1:8935", "--urls", "http://127.0.0.1:0"], ADatabase.Password);
        Assert.Equal(1, code);
        Assert.Contains("holds results of the simulated network", errors, StringComparison.Ordinal);
    }

    [LimitedFact]
    public async Task Import_and_export_carry_results_there_and_back_and_go_on_where_they_were()
    {
        var database = await ADatabase.CreateAsync();
        var now = DateTimeOffset.UtcNow;
        using (var directory = StateDirectory.Open(_scratch.At("data"), TimeProvider.System))
        {
            await using var journal = await JournalResultStore.OpenAsync(directory.Journal, TimeProvider.System, null, Cancel);
            await Task.WhenAll(Enumerable.Range(0, 500).Select(i => journal.AppendAsync(Revision(i, now.AddHours(-i)), new TestEvidence { Transcoder = $"{i}" }, Cancel)));
        }

        var (code, _, errors) = await MonitorProcess.RunAsync(_scratch.Path, ["import", "--from", "data", "--to", database.Address], ADatabase.Password);
        Assert.True(code == 0, errors);
        Assert.Contains("500 outcomes written, 0 were there", errors, StringComparison.Ordinal);
        (_, _, errors) = await MonitorProcess.RunAsync(_scratch.Path, ["import", "--from", "data/journal", "--to", database.Address], ADatabase.Password);
        Assert.Contains("0 outcomes written, 500 were there", errors, StringComparison.Ordinal);
        (code, _, errors) = await MonitorProcess.RunAsync(_scratch.Path, ["export", "--from", database.Address, "--to", "back"], ADatabase.Password);
        Assert.True(code == 0, errors);
        await using var back = await JournalResultStore.OpenAsync(_scratch.At("back/journal"), TimeProvider.System, null, Cancel);
        Assert.Equal("7", (await back.ReadEvidenceAsync(Revision(7, now).Test, now.AddHours(-7), Cancel))!.Transcoder);

        using var held = StateDirectory.Open(_scratch.At("data"), TimeProvider.System);
        (code, _, errors) = await MonitorProcess.RunAsync(_scratch.Path, ["import", "--from", "data", "--to", database.Address], ADatabase.Password);
        Assert.Equal(1, code);
        Assert.Contains($"process {Environment.ProcessId} ", errors, StringComparison.Ordinal);
    }

    [LimitedFact]
    public async Task The_events_of_the_old_server_become_results_and_bad_rows_are_listed_and_skipped()
    {
        var old = await ADatabase.CreateAsync(migrated: false);
        await old.QueryAsync("""
            CREATE TABLE job_types (id serial PRIMARY KEY, name varchar(56) UNIQUE);
            CREATE TABLE regions (id serial PRIMARY KEY, name varchar(56), display_name varchar(128), job_type_id integer REFERENCES job_types);
            CREATE TABLE events (id serial PRIMARY KEY, event_time timestamptz DEFAULT now(), orchestrator varchar(56), region_id integer REFERENCES regions, payload jsonb);
            INSERT INTO job_types (name) VALUES ('transcoding'), ('ai');
            INSERT INTO regions (name, display_name, job_type_id) VALUES ('FRA', 'Frankfurt', 1), ('FRA', 'Frankfurt', 2), ('GLOBAL', 'Global', 1);
            INSERT INTO events (event_time, orchestrator, region_id, payload)
            SELECT now() - i * interval '1 minute', '0x00000000000000000000000000000000000000AA', 1,
                jsonb_build_object('region', 'FRA', 'orchestrator', '0x00000000000000000000000000000000000000AA', 'success_rate', 0.75, 'seg_duration', 2, 'round_trip_time', 0.5, 'timestamp', 1700000000 + i)
            FROM generate_series(1, 6000) i;
            INSERT INTO events (event_time, orchestrator, region_id, payload) VALUES
                (now(), '0x00000000000000000000000000000000000000ab', 2, '{"success_rate": 1, "round_trip_time": 3, "model": "m", "pipeline": "p", "errors": []}'),
                (now(), '', 1, '{"success_rate": 1}'),
                (now(), '0x00000000000000000000000000000000000000aa', 1, '{"success_rate": 7}'),
                (now(), '0x00000000000000000000000000000000000000aa', 3, '{"success_rate": 1}'),
                (now(), '0x00000000000000000000000000000000000000aa', NULL, '[]'),
                (now() + interval '1 year', '0x00000000000000000000000000000000000000aa', 1, '{}'),
                (NULL, '0x00000000000000000000000000000000000000aa', 1, '{}'),
                (now(), '0x00000000000000000000000000000000000000aa', 1, NULL)
            """);
        var database = await ADatabase.CreateAsync();
        string[] command = ["import", "--from-events", old.Address, "--to", database.Address];
        var (code, _, errors) = await MonitorProcess.RunAsync(_scratch.Path, command, ADatabase.Password);
        Assert.True(code == 0, errors);
        Assert.Contains("6001 outcomes written, 0 were there, 7 rows skipped", errors, StringComparison.Ordinal);
        Assert.Contains("event 6003 was skipped: success_rate must be from 0 to 1", errors, StringComparison.Ordinal);
        (_, _, errors) = await MonitorProcess.RunAsync(_scratch.Path, command, ADatabase.Password);
        Assert.Contains("0 outcomes written, 6001 were there", errors, StringComparison.Ordinal);

        await using var store = await database.OpenAsync(TimeProvider.System);
        var read = await ListAsync(store);
        Assert.Equal(6_001, read.Count);
        var one = read.Single(revision => revision.Test.Text == "event-7");
        Assert.Equal(("0x00000000000000000000000000000000000000aa", "FRA", 0.75, 0.5), (one.Orchestrator.Text, one.Region.Code, one.Summary!.Averages.SuccessRate, one.Summary.Averages.RoundTripTime));
        Assert.Equal(1_700_000_007, one.Summary.Posted!.Timestamp);
        var at = await old.QueryAsync("SELECT to_char(event_time AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') FROM events WHERE id = 7");
        Assert.Equal(at, one.TestTime.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture));
        Assert.True(read.Single(revision => revision.Test.Text == "event-6001").Summary!.Posted!.IsAi);
    }

    [LimitedTheory]
    [InlineData("run --store postgres://me:h3cret@db/x", "A password does not belong on the command line")]
    [InlineData("check --store postgres://me:h3cret@db/x", "A password does not belong on the command line")]
    [InlineData("migrate --store postgres://me:h3cret@db/x", "A password does not belong on the command line")]
    [InlineData("import --from data --to postgres://me:h3cret@db/x", "a password does not belong on the command line")]
    [InlineData("import --from data --from-events postgres://db/x --to other", "Exactly one of")]
    [InlineData("import --from-events data --to other", "the address of a database is expected")]
    [InlineData("import --from postgres://db --to other", "it names no database")]
    [InlineData("migrate", "The database is expected")]
    [InlineData("run --store h3cret", "That is not the address of a database")]
    [InlineData("run --store postgres://db/x --set Store:RetentionDays=5", "fewer than a start replays")]
    public async Task Wrong_usage_ends_with_2_and_never_repeats_a_password(string arguments, string why)
    {
        var (code, output, errors) = await MonitorProcess.RunAsync(_scratch.Path, arguments.Split(' '));
        Assert.Equal(2, code);
        Assert.Contains(why, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("h3cret", output + errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch.At("data")));
    }

    [Fact]
    public void The_address_and_its_password_come_from_files_and_are_shown_without_it()
    {
        File.WriteAllText(_scratch.At("url"), "postgres://me:h3cret@db:6543/x\n");
        File.WriteAllText(_scratch.At("password"), "h3cret\n");
        var whole = Configurations.Parse(environment: [$"MONITOR_Store__UrlFile={_scratch.At("url")}"]);
        Assert.True(whole.IsUsable && whole.Options.Store!.Url.HasPassword);
        var apart = Configurations.Parse(environment: ["MONITOR_Store__Url=postgres://me@db:6543/x", $"MONITOR_Store__PasswordFile={_scratch.At("password")}", "MONITOR_Store__EvidenceDays=7"]);
        Assert.True(apart.IsUsable && apart.Options.Store!.Url.HasPassword);
        Assert.Equal((90, 7, true), (apart.Options.Store.Retention.ResultDays, apart.Options.Store.Retention.EvidenceDays, apart.Options.Store.Migrate));
        Assert.True(Configurations.Parse(overrides: [$"Store:UrlFile={_scratch.At("url")}"]).IsUsable);
        var environment = Configurations.Parse(environment: ["MONITOR_Store__Url=postgres://me:h3cret@db:6543/x"]);
        Assert.True(environment.IsUsable);
        foreach (var parsed in new[] { whole, apart, environment })
        {
            Assert.DoesNotContain("h3cret", string.Join('\n', parsed.Effective) + parsed.Options, StringComparison.Ordinal);
            Assert.Contains(parsed.Effective, setting => setting.Value.Contains("postgres://db:6543/x", StringComparison.Ordinal));
        }

        Assert.Contains("keep one of the two", Assert.Single(Configurations.Parse(environment: ["MONITOR_Store__Url=postgres://me:a@db/x", "MONITOR_Store__Password=b"]).Problems).Text, StringComparison.Ordinal);
        Assert.True(Assert.Single(Configurations.Parse(environment: ["MONITOR_Store__RetentionDays=50"]).Problems).IsWarning);
        Assert.Null(Configurations.Parse().Options.Store);
    }

    private static OutcomeRevision Revision(int number, DateTimeOffset at) => new()
    {
        Test = TestId.OnDemand(number.ToString(CultureInfo.InvariantCulture)),
        Revision = OutcomeRevision.Measured,
        Orchestrator = OrchestratorId.Parse("0x00000000000000000000000000000000000000aa"),
        Region = RegionId.Parse("FRA"),
        TestTime = at,
        RecordedAt = at,
        Outcome = new Outcome(OutcomeCode.Completed),
        Summary = new TestSummary { StartedAt = at, Method = TestMethod.StreamTest("clip1", 15, 1), Sums = new ScoreSums(60, 60, 2, 1), Averages = default },
    };

    private static async Task<List<OutcomeRevision>> ListAsync(PostgresResultStore store)
    {
        var all = new List<OutcomeRevision>();
        await foreach (var revision in store.ReadAsync(new ResultQuery { From = DateTimeOffset.MinValue, Until = DateTimeOffset.MaxValue }, Cancel)) all.Add(revision);
        return all;
    }
}
