using System.Runtime.CompilerServices;
using Npgsql;

namespace Monitoring.Storage.Postgres;

/// <summary>One row of the old server's table <c>events</c> (leaderboard reference, A.10): what a tester posted once.</summary>
/// <param name="Id">The row's number.</param>
/// <param name="EventTime">When the old server took it, UTC; an end of the calendar where it says nothing of use.</param>
/// <param name="Orchestrator">As it was posted, in any case.</param>
/// <param name="Region">The name of its region; empty where the row names none.</param>
/// <param name="Payload">The posted body, JSON; empty where it is over 1 MiB.</param>
public sealed record LegacyEventRow(long Id, DateTimeOffset EventTime, string Orchestrator, string Region, string Payload);

/// <summary>Reads the table of the old server, in order of the rows' numbers, and changes nothing.</summary>
public static class LegacyEventTable
{
    private const int Page = 5_000;
    private const string Read = """
        SELECT e.id::bigint, coalesce(e.event_time, '-infinity'), coalesce(e.orchestrator, ''), coalesce(r.name, ''),
            CASE WHEN length(e.payload::text) <= 1048576 THEN e.payload::text ELSE '' END
        FROM events e LEFT JOIN regions r ON r.id = e.region_id WHERE e.id > $1 ORDER BY e.id LIMIT $2
        """;

    /// <summary>All rows; each page is a query of its own, so the old server is not held up however many there are.</summary>
    /// <exception cref="IOException">The database cannot be reached, or has no such table.</exception>
    public static async IAsyncEnumerable<LegacyEventRow> ReadAsync(PostgresUrl url, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(url);
        await using var source = NpgsqlDataSource.Create(url.ConnectionString(PostgresUse.Read));
        for (var after = long.MinValue; ;)
        {
            var rows = await url.GuardAsync("read the events", () => ReadPageAsync(source, after, cancellationToken));
            foreach (var row in rows) yield return row;
            if (rows.Count < Page) yield break;
            after = rows[^1].Id;
        }
    }

    private static async Task<List<LegacyEventRow>> ReadPageAsync(NpgsqlDataSource source, long after, CancellationToken cancellationToken)
    {
        var rows = new List<LegacyEventRow>(Page);
        await using var command = source.CreateCommand(Read);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = Page });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new LegacyEventRow(reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2), reader.GetString(3), reader.IsDBNull(4) ? "" : reader.GetString(4)));
        }

        return rows;
    }
}
