using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Monitoring.Core;
using Monitoring.Storage.Journal;
using Monitoring.Storage.Lines;
using Npgsql;
using NpgsqlTypes;

namespace Monitoring.Storage.Postgres;

/// <summary>Reads revisions and evidence. Rows are streamed: what is held at once is a row, with a limit that many.</summary>
internal sealed class ResultSelect(PostgresUrl url, NpgsqlDataSource source, Action<string> onFault)
{
    private const string Evidence = """
        SELECT record FROM test_evidence WHERE test_day = DATE '2000-01-01' + $1 AND test_id = $2 ORDER BY revision DESC LIMIT 1
        """;

    public async IAsyncEnumerable<OutcomeRevision> ReadAsync(ResultQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (query.Until < query.From) yield break;
        if (query.Limit <= 0)
        {
            await foreach (var revision in StreamAsync(query, cancellationToken)) yield return revision;
            yield break;
        }

        var newestFirst = new List<OutcomeRevision>();
        await foreach (var revision in StreamAsync(query, cancellationToken)) newestFirst.Add(revision);
        for (var i = newestFirst.Count - 1; i >= 0; i--) yield return newestFirst[i];
    }

    public Task<TestEvidence?> ReadEvidenceAsync(TestId test, DateTimeOffset testTime, CancellationToken cancellationToken) => url.GuardAsync("read evidence", async () =>
    {
        await using var command = source.CreateCommand(Evidence);
        command.Parameters.Add(new() { Value = PostgresDay.Number(JournalFolder.DayOf(testTime)) });
        command.Parameters.Add(new() { Value = test.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return ParseEvidence(reader, 0, test, onFault);
    });

    /// <summary>The last revision of each test of one day, by test.</summary>
    public static async IAsyncEnumerable<OutcomeRevision> ReadDayAsync(
        NpgsqlConnection connection, DateOnly day, Action<string> onFault, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT DISTINCT ON (test_id) record FROM test_result WHERE test_day = DATE '2000-01-01' + $1 ORDER BY test_id, revision DESC", connection)
        {
            Parameters = { new() { Value = PostgresDay.Number(day) } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (Parse(reader, onFault) is { } revision) yield return revision;
        }
    }

    private async IAsyncEnumerable<OutcomeRevision> StreamAsync(ResultQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await url.GuardAsync("read results", async () => await source.OpenConnectionAsync(cancellationToken));
        await using var command = Command(connection, query);
        await using var reader = await url.GuardAsync("read results", () => command.ExecuteReaderAsync(cancellationToken));
        while (await url.GuardAsync("read results", () => reader.ReadAsync(cancellationToken)))
        {
            if (Parse(reader, onFault) is { } revision) yield return revision;
        }
    }

    // All revisions of a test share its time, so the last one is the first of its neighbours.
    private static NpgsqlCommand Command(NpgsqlConnection connection, ResultQuery query)
    {
        var (from, fromTenths) = PostgresRow.Split(query.From);
        var (until, untilTenths) = PostgresRow.Split(query.Until);
        var order = query.Limit > 0 ? "DESC" : "ASC";
        var text = new StringBuilder("SELECT ");
        if (query.LastOnly) text.Append("DISTINCT ON (test_time, test_tenths, test_id) ");
        text.Append("record FROM test_result WHERE test_day BETWEEN DATE '2000-01-01' + $1 AND DATE '2000-01-01' + $2 AND (test_time, test_tenths) >= ($3, $4) AND (test_time, test_tenths) <= ($5, $6)");
        var command = new NpgsqlCommand
        {
            Connection = connection,
            Parameters =
            {
                new() { Value = PostgresDay.Number(JournalFolder.DayOf(query.From)) }, new() { Value = PostgresDay.Number(JournalFolder.DayOf(query.Until)) },
                new() { Value = from, NpgsqlDbType = NpgsqlDbType.TimestampTz }, new() { Value = fromTenths, NpgsqlDbType = NpgsqlDbType.Smallint },
                new() { Value = until, NpgsqlDbType = NpgsqlDbType.TimestampTz }, new() { Value = untilTenths, NpgsqlDbType = NpgsqlDbType.Smallint },
            },
        };
        if (query.Orchestrator is { } orchestrator) And("orchestrator", orchestrator.Text);
        if (query.Region is { } region) And("region", region.Code);
        text.Append($" ORDER BY test_time {order}, test_tenths {order}, test_id {order}, revision {(query.LastOnly ? "DESC" : order)}");
        if (query.Limit > 0)
        {
            command.Parameters.Add(new() { Value = query.Limit });
            text.Append($" LIMIT ${command.Parameters.Count}");
        }

#pragma warning disable CA2100 // Put together of the constants above.
        command.CommandText = text.ToString();
#pragma warning restore CA2100
        return command;

        void And(string column, string value)
        {
            command.Parameters.Add(new() { Value = value });
            text.Append($" AND {column} = ${command.Parameters.Count}");
        }
    }

    /// <summary>The evidence in a column; null, and a fault, when it is none.</summary>
    public static TestEvidence? ParseEvidence(NpgsqlDataReader reader, int column, TestId test, Action<string> onFault)
    {
        try
        {
            return EvidenceLine.Read(reader.GetFieldValue<byte[]>(column)).Evidence;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            onFault($"The evidence of test {test} is none and was skipped: {e.Message}");
            return null;
        }
    }

    /// <summary>The revision in the first column; null, and a fault, when it is none.</summary>
    public static OutcomeRevision? Parse(NpgsqlDataReader reader, Action<string> onFault)
    {
        try
        {
            return OutcomeLine.Read(reader.GetFieldValue<byte[]>(0));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            onFault($"A row of test_result that is no outcome was skipped: {e.Message}");
            return null;
        }
    }
}
