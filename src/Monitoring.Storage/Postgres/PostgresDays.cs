using System.Runtime.CompilerServices;
using Monitoring.Core;
using Monitoring.Storage.Journal;
using Monitoring.Storage.Results;
using Npgsql;
using NpgsqlTypes;

namespace Monitoring.Storage.Postgres;

/// <summary>
/// The hourly sums: of an open day folded from its outcomes each time, of a closed one kept in <c>hourly_sum</c>. Folding is the journal's
/// own, so both stores give the same numbers. Outcomes are dropped, a day at once, only when their sums are written.
/// </summary>
internal sealed class PostgresDays(PostgresUrl url, NpgsqlDataSource reading, NpgsqlDataSource upkeep, TimeProvider time, Action<string> onFault)
{
    private const string Read = """
        SELECT hour, orchestrator, region, method, received, expected, duration_micros, round_trip_micros, tests, planned FROM hourly_sum
        WHERE hour >= DATE '2000-01-01' + $1 AND hour < DATE '2000-01-01' + $1 + 1 ORDER BY hour, orchestrator, region, method
        """;

    private const string Clear = "DELETE FROM hourly_sum WHERE hour >= DATE '2000-01-01' + $1 AND hour < DATE '2000-01-01' + $1 + 1";
    private const string Note = """
        INSERT INTO summed_day (day, summed_at) VALUES (DATE '2000-01-01' + $1, $2)
        ON CONFLICT (day) DO UPDATE SET summed_at = EXCLUDED.summed_at, is_stale = false
        """;

    public async IAsyncEnumerable<HourlySums> ReadAsync(DateTimeOffset from, DateTimeOffset until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (first, last) = (JournalFolder.DayOf(from), JournalFolder.DayOf(until));
        await using var connection = await url.GuardAsync("read hourly sums", async () => await reading.OpenConnectionAsync(cancellationToken));
        var (raw, summed) = await url.GuardAsync("read hourly sums", async () => (
            await PostgresPartitions.DaysAsync(connection, "test_result", cancellationToken), await SummedAsync(connection, cancellationToken)));
        raw.UnionWith(summed.Keys);
        foreach (var day in raw.Where(day => day >= first && day <= last))
        {
            var isKept = summed.GetValueOrDefault(day) is { IsFresh: true };
            foreach (var row in await url.GuardAsync("read hourly sums", () => isKept ? ReadKeptAsync(connection, day, cancellationToken) : FoldAsync(connection, day, cancellationToken)))
            {
                if (row.Hour >= from && row.Hour.UtcTicks + TimeSpan.TicksPerHour <= until.UtcTicks) yield return row;
            }
        }
    }

    /// <summary>Writes the sums of closed days that have none or stale ones, and drops what is no longer kept.</summary>
    public Task KeepAsync(PostgresRetention retention, CancellationToken cancellationToken) => url.GuardAsync("keep the days", async () =>
    {
        await using var connection = await upkeep.OpenConnectionAsync(cancellationToken);
        var now = time.GetUtcNow();
        var summed = await SummedAsync(connection, cancellationToken);
        foreach (var day in await PostgresPartitions.DaysAsync(connection, "test_result", cancellationToken))
        {
            var state = summed.GetValueOrDefault(day);
            if (IsClosed(day) && state is not { IsFresh: true }) await CloseAsync(connection, day, cancellationToken);
            if (IsClosed(day) && retention.HasPassed(day, now)) await DropAsync(connection, "test_result", day, cancellationToken);
        }

        foreach (var day in await PostgresPartitions.DaysAsync(connection, "test_evidence", cancellationToken))
        {
            if (IsClosed(day) && retention.HasPassedForEvidence(day, now)) await DropAsync(connection, "test_evidence", day, cancellationToken);
        }
    });

    private static async Task<Dictionary<DateOnly, Summed>> SummedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var days = new Dictionary<DateOnly, Summed>();
        await using var command = new NpgsqlCommand("SELECT day - DATE '2000-01-01', is_stale, dropped_at IS NOT NULL FROM summed_day", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) days[PostgresDay.Day(reader.GetInt32(0))] = new Summed(reader.GetBoolean(1), reader.GetBoolean(2));
        return days;
    }

    private static async Task<List<HourlySums>> ReadKeptAsync(NpgsqlConnection connection, DateOnly day, CancellationToken cancellationToken)
    {
        var rows = new List<HourlySums>();
        await using var command = new NpgsqlCommand(Read, connection) { Parameters = { new() { Value = PostgresDay.Number(day) } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new HourlySums(
                OrchestratorId.Parse(reader.GetString(1)), RegionId.Parse(reader.GetString(2)), reader.GetFieldValue<DateTimeOffset>(0), reader.GetString(3),
                new ScoreSums(reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7)), reader.GetInt32(8), reader.GetInt32(9)));
        }

        return rows;
    }

    private async Task<List<HourlySums>> FoldAsync(NpgsqlConnection connection, DateOnly day, CancellationToken cancellationToken)
    {
        var fold = new HourlyFold(revision => onFault($"The sums of test {revision.Test} are too large to add up; the hourly sums leave it out."));
        await foreach (var revision in ResultSelect.ReadDayAsync(connection, day, onFault, cancellationToken)) fold.Add(revision);
        return fold.Rows;
    }

    /// <summary>The days of which there are outcomes or sums.</summary>
    public Task<IReadOnlyCollection<DateOnly>> KnownAsync(CancellationToken cancellationToken) => url.GuardAsync("read the days", async () =>
    {
        await using var connection = await reading.OpenConnectionAsync(cancellationToken);
        var known = await PostgresPartitions.DaysAsync(connection, "test_result", cancellationToken);
        known.UnionWith((await SummedAsync(connection, cancellationToken)).Keys);
        return (IReadOnlyCollection<DateOnly>)known;
    });

    /// <summary>The sums of a day whose outcomes were dropped; null when they were not.</summary>
    public Task<IReadOnlyCollection<HourlySums>?> ReadBareAsync(DateOnly day, CancellationToken cancellationToken) => url.GuardAsync("read hourly sums", async () =>
    {
        await using var connection = await reading.OpenConnectionAsync(cancellationToken);
        var isDropped = (await SummedAsync(connection, cancellationToken)).GetValueOrDefault(day) is { IsDropped: true };
        return (IReadOnlyCollection<HourlySums>?)(isDropped ? await ReadKeptAsync(connection, day, cancellationToken) : null);
    });

    /// <summary>Keeps sums of a day of which there is nothing else.</summary>
    /// <returns>False when there are outcomes or sums of that day.</returns>
    public Task<bool> KeepBareAsync(DateOnly day, IReadOnlyCollection<HourlySums> sums, CancellationToken cancellationToken) => url.GuardAsync("keep hourly sums", async () =>
    {
        await using var connection = await upkeep.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var claim = new NpgsqlCommand(
            """
            INSERT INTO summed_day (day, summed_at, dropped_at) SELECT DATE '2000-01-01' + $1, $2, $2
            WHERE NOT EXISTS (SELECT FROM test_result WHERE test_day = DATE '2000-01-01' + $1) ON CONFLICT DO NOTHING
            """, connection)
        {
            Parameters = { new() { Value = PostgresDay.Number(day) }, new() { Value = time.GetUtcNow().UtcDateTime } },
        };
        if (await claim.ExecuteNonQueryAsync(cancellationToken) == 0) return false;
        await CopyAsync(connection, sums, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    });

    // While the day is folded nothing is written to it: what comes later finds the note, and marks it stale.
    private async Task CloseAsync(NpgsqlConnection connection, DateOnly day, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"LOCK TABLE {PostgresDay.Partition("test_result", day)} IN SHARE MODE", [], cancellationToken);
        var rows = await FoldAsync(connection, day, cancellationToken);
        await ExecuteAsync(connection, Clear, [new() { Value = PostgresDay.Number(day) }], cancellationToken);
        await CopyAsync(connection, rows, cancellationToken);
        await ExecuteAsync(connection, Note, [new() { Value = PostgresDay.Number(day) }, new() { Value = time.GetUtcNow().UtcDateTime }], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task CopyAsync(NpgsqlConnection connection, IReadOnlyCollection<HourlySums> rows, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY hourly_sum (hour, orchestrator, region, method, received, expected, duration_micros, round_trip_micros, tests, planned) FROM STDIN (FORMAT binary)", cancellationToken);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(row.Hour.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(row.Orchestrator.Text, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(row.Region.Code, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(row.Method, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(row.Sums.Received, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(row.Sums.Expected, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(row.Sums.DurationMicros, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(row.Sums.RoundTripMicros, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(row.Tests, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(row.Planned, NpgsqlDbType.Integer, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    // What came to the day since its sums were read keeps it: the next round sums again. Once it is gone its sums are final.
    private async Task DropAsync(NpgsqlConnection connection, string table, DateOnly day, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"LOCK TABLE {PostgresDay.Partition(table, day)} IN ACCESS EXCLUSIVE MODE", [], cancellationToken);
        if (table == "test_result")
        {
            await using var gone = new NpgsqlCommand(
                "UPDATE summed_day SET dropped_at = coalesce(dropped_at, $2) WHERE day = DATE '2000-01-01' + $1 AND (NOT is_stale OR dropped_at IS NOT NULL)", connection)
            {
                Parameters = { new() { Value = PostgresDay.Number(day) }, new() { Value = time.GetUtcNow().UtcDateTime } },
            };
            if (await gone.ExecuteNonQueryAsync(cancellationToken) == 0) return;
        }

        await ExecuteAsync(connection, $"DROP TABLE {PostgresDay.Partition(table, day)}", [], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private bool IsClosed(DateOnly day) =>
        time.GetUtcNow().UtcTicks - day.ToDateTime(TimeOnly.MinValue).Ticks >= TimeSpan.TicksPerDay + HourlyDays.OpenFor.Ticks;

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Constants of this file, and names made of dates.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Summed(bool IsStale, bool IsDropped)
    {
        public bool IsFresh => IsDropped || !IsStale;
    }
}
