using System.Diagnostics;
using Monitoring.Core;
using Monitoring.Storage.Migrations;
using Monitoring.Storage.Postgres;
using Monitoring.Testing.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace Monitoring.Benchmarks;

/// <summary>
/// Results into PostgreSQL as a hub stores them, each acknowledged when it is committed, against one COPY of the same rows into the same tables.
/// The server is private, of this machine, and waits for the disk.
/// </summary>
internal static class PostgresBenchmark
{
    private const int Results = 6_000;
    private static readonly DateTimeOffset Day = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    public static async Task RunAsync(Bench bench)
    {
        if (PostgresServer.Missing is { } missing) throw new BenchmarkException(missing);
        await using var server = await PostgresServer.StartAsync(isDurable: true);
        foreach (var withEvidence in new[] { true, false })
        {
            var url = PostgresUrl.Parse(await server.CreateDatabaseAsync());
            await new Migrator(url, MigrationSource.Results).MigrateAsync(null, bench.Stop);
            var results = Enumerable.Range(0, Results).Select(Result).ToList();
            var rows = results.Select(result => PostgresRow.Of(Measured.Revision(result), withEvidence ? result.Evidence : null)).ToList();
            await bench.CompareAsync(new Comparison
            {
                Name = withEvidence ? "postgres" : "postgres-outcomes",
                Title = Invariant($"{Results} results into PostgreSQL {(withEvidence ? "with" : "without")} their evidence, {rows.Sum(row => (long)row.Bytes) / Results} bytes each"),
                Metrics = [new Metric("results", "1/s", "0")],
                Contestants =
                [
                    new Contestant("store", () => StoreAsync(url, results, withEvidence, bench.Stop)),
                    new Contestant("copy", () => CopyAsync(url, rows, bench.Stop)),
                ],
                Goals = [Goal.RatioAtLeast("store", "copy", 0.3)],
                Notes =
                [
                    "store: 256 results at a time, made into JSON, checked for being there already, answered once committed and on the disk",
                    "copy: binary COPY in one transaction, rows made beforehand, no check; the tables, keys and indexes are the same",
                    "both sides and the server share the machine's cores",
                ],
            });
        }
    }

    private static async Task<double[]> StoreAsync(PostgresUrl url, List<TestResult> results, bool withEvidence, CancellationToken stop)
    {
        await using var store = await PostgresResultStore.OpenAsync(url, new PostgresRetention(), TimeProvider.System, null, stop);
        await EmptyAsync(url, stop);
        var start = Stopwatch.GetTimestamp();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, 256).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < results.Count; i = Interlocked.Increment(ref next))
            {
                if (!await store.AppendAsync(Measured.Revision(results[i]), withEvidence ? results[i].Evidence : null, stop)) throw new BenchmarkException("A result was there already.");
            }
        }));
        var elapsed = Stopwatch.GetElapsedTime(start);
        await CheckAsync(url, stop);
        return [Results / elapsed.TotalSeconds];
    }

    private static async Task<double[]> CopyAsync(PostgresUrl url, List<PostgresRow> rows, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(url.ConnectionString(PostgresUse.Write));
        await connection.OpenAsync(stop);
        await EmptyAsync(url, stop);
        var start = Stopwatch.GetTimestamp();
        await using (var transaction = await connection.BeginTransactionAsync(stop))
        {
            await using (var outcomes = await connection.BeginBinaryImportAsync(
                "COPY test_result (test_day, test_id, revision, test_time, test_tenths, orchestrator, region, record) FROM STDIN (FORMAT binary)", stop))
            {
                foreach (var row in rows)
                {
                    await outcomes.StartRowAsync(stop);
                    await outcomes.WriteAsync(PostgresDay.Day(row.Key.Day), NpgsqlDbType.Date, stop);
                    await outcomes.WriteAsync(row.Key.Test, NpgsqlDbType.Text, stop);
                    await outcomes.WriteAsync(row.Key.Revision, NpgsqlDbType.Integer, stop);
                    await outcomes.WriteAsync(row.Time, NpgsqlDbType.TimestampTz, stop);
                    await outcomes.WriteAsync(row.Tenths, NpgsqlDbType.Smallint, stop);
                    await outcomes.WriteAsync(row.Orchestrator, NpgsqlDbType.Text, stop);
                    await outcomes.WriteAsync(row.Region, NpgsqlDbType.Text, stop);
                    await outcomes.WriteAsync(row.Record, NpgsqlDbType.Json, stop);
                }

                await outcomes.CompleteAsync(stop);
            }

            await using (var evidence = await connection.BeginBinaryImportAsync("COPY test_evidence (test_day, test_id, revision, record) FROM STDIN (FORMAT binary)", stop))
            {
                foreach (var row in rows.Where(row => row.Evidence is not null))
                {
                    await evidence.StartRowAsync(stop);
                    await evidence.WriteAsync(PostgresDay.Day(row.Key.Day), NpgsqlDbType.Date, stop);
                    await evidence.WriteAsync(row.Key.Test, NpgsqlDbType.Text, stop);
                    await evidence.WriteAsync(row.Key.Revision, NpgsqlDbType.Integer, stop);
                    await evidence.WriteAsync(row.Evidence!, NpgsqlDbType.Json, stop);
                }

                await evidence.CompleteAsync(stop);
            }

            await transaction.CommitAsync(stop);
        }

        var elapsed = Stopwatch.GetElapsedTime(start);
        await CheckAsync(url, stop);
        return [Results / elapsed.TotalSeconds];
    }

    private static async Task EmptyAsync(PostgresUrl url, CancellationToken stop)
    {
        await using var source = NpgsqlDataSource.Create(url.ConnectionString(PostgresUse.Migrate));
        foreach (var sql in new[] { "SELECT create_result_day(DATE '2026-11-20')", "TRUNCATE test_result, test_evidence", "CHECKPOINT" })
        {
#pragma warning disable CA2100 // The constants above.
            await using var command = source.CreateCommand(sql);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(stop);
        }
    }

    private static async Task CheckAsync(PostgresUrl url, CancellationToken stop)
    {
        await using var source = NpgsqlDataSource.Create(url.ConnectionString(PostgresUse.Migrate));
        await using var command = source.CreateCommand("SELECT count(*) FROM test_result");
        if (await command.ExecuteScalarAsync(stop) is not (long)Results) throw new BenchmarkException("Not every row is there.");
    }

    private static TestResult Result(int i)
    {
        var entry = Network.Entry(i % 1_000);
        var region = Network.Regions[i % Network.Regions.Length];
        var at = Day.AddSeconds(i * 13 % 86_000);
        return Measured.Of(new PlannedTest(TestId.Planned(DateOnly.FromDateTime(Day.UtcDateTime), i / 3_000, region, entry.Id), entry.Id, region, at, Surprise: false), entry.ServiceUri, i % 20 == 19 ? 12 : 15);
    }
}
