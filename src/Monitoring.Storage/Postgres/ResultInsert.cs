using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Monitoring.Storage.Postgres;

/// <summary>
/// Writes many rows at once: two statements in one message and one transaction, so a batch costs one round trip and one sync whatever its
/// size, and is there wholly or not at all.
/// </summary>
internal static class ResultInsert
{
    // The evidence follows the outcome it belongs to: of a revision that is there already neither is written.
    private const string Insert = """
        WITH fresh AS (
            INSERT INTO test_result (test_day, test_id, revision, test_time, test_tenths, orchestrator, region, record)
            SELECT DATE '2000-01-01' + day, test, revision, time, tenths, orchestrator, region, record
            FROM unnest($1::integer[], $2::text[], $3::integer[], $4::timestamptz[], $5::smallint[], $6::text[], $7::text[], $8::json[])
                AS incoming (day, test, revision, time, tenths, orchestrator, region, record)
            ON CONFLICT DO NOTHING
            RETURNING test_day, test_id, revision
        ), kept AS (
            INSERT INTO test_evidence (test_day, test_id, revision, record)
            SELECT fresh.test_day, fresh.test_id, fresh.revision, incoming.record
            FROM fresh JOIN unnest($9::integer[], $10::text[], $11::integer[], $12::json[]) AS incoming (day, test, revision, record)
                ON fresh.test_day = DATE '2000-01-01' + incoming.day AND fresh.test_id = incoming.test AND fresh.revision = incoming.revision
            ON CONFLICT DO NOTHING
        )
        SELECT test_day - DATE '2000-01-01', test_id, revision FROM fresh
        """;

    // A statement of its own sees what was committed while the first one waited: the sums of a day that has just been closed.
    private const string MarkStale = """
        UPDATE summed_day SET is_stale = true
        WHERE day IN (SELECT DATE '2000-01-01' + number FROM unnest($1::integer[]) AS number) AND NOT is_stale AND dropped_at IS NULL
        """;

    /// <summary>Writes rows whose keys differ; their days have partitions.</summary>
    /// <returns>The keys that were not there yet.</returns>
    public static async Task<HashSet<(int Day, string Test, int Revision)>> RunAsync(
        NpgsqlConnection connection, IReadOnlyCollection<PostgresRow> rows, CancellationToken cancellationToken)
    {
        // In the order of the key, so that two writers that share rows cannot wait for each other.
        var sorted = rows.OrderBy(row => row.Key.Day).ThenBy(row => row.Key.Test, StringComparer.Ordinal).ThenBy(row => row.Key.Revision).ToList();
        var withEvidence = sorted.Where(row => row.Evidence is not null).ToList();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Insert)
        {
            Parameters =
            {
                Array(sorted, row => row.Key.Day, NpgsqlDbType.Integer),
                Array(sorted, row => row.Key.Test, NpgsqlDbType.Text),
                Array(sorted, row => row.Key.Revision, NpgsqlDbType.Integer),
                Array(sorted, row => row.Time, NpgsqlDbType.TimestampTz),
                Array(sorted, row => row.Tenths, NpgsqlDbType.Smallint),
                Array(sorted, row => row.Orchestrator, NpgsqlDbType.Text),
                Array(sorted, row => row.Region, NpgsqlDbType.Text),
                Array(sorted, row => Text(row.Record), NpgsqlDbType.Json),
                Array(withEvidence, row => row.Key.Day, NpgsqlDbType.Integer),
                Array(withEvidence, row => row.Key.Test, NpgsqlDbType.Text),
                Array(withEvidence, row => row.Key.Revision, NpgsqlDbType.Integer),
                Array(withEvidence, row => Text(row.Evidence!), NpgsqlDbType.Json),
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(MarkStale)
        {
            Parameters = { new NpgsqlParameter { Value = sorted.Select(row => row.Key.Day).Distinct().ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer } },
        });

        var fresh = new HashSet<(int, string, int)>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) fresh.Add((reader.GetInt32(0), reader.GetString(1), reader.GetInt32(2)));

        // Only with the end of the second is the whole committed.
        await reader.NextResultAsync(cancellationToken);
        return fresh;
    }

    // Records are ASCII: whatever else there is stands escaped.
    private static string Text(byte[] record) => Encoding.ASCII.GetString(record);

    private static NpgsqlParameter Array<T>(List<PostgresRow> rows, Func<PostgresRow, T> column, NpgsqlDbType type) =>
        new() { Value = rows.Select(column).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };
}
