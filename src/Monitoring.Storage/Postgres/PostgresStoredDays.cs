using System.Runtime.CompilerServices;
using Monitoring.Core;
using Monitoring.Storage.Lines;
using Monitoring.Storage.Transfer;
using Npgsql;

namespace Monitoring.Storage.Postgres;

/// <summary>Reads a database day by day.</summary>
internal sealed class PostgresStoredDays(PostgresUrl url, NpgsqlDataSource source, PostgresDays days, Action<string> onFault) : IStoredDays
{
    private const string Read = """
        SELECT r.record, e.record FROM test_result r LEFT JOIN test_evidence e
            ON e.test_day = DATE '2000-01-01' + $1 AND e.test_id = r.test_id AND e.revision = r.revision
        WHERE r.test_day = DATE '2000-01-01' + $1 ORDER BY r.test_time, r.test_tenths, r.test_id, r.revision
        """;

    public Task<IReadOnlyCollection<DateOnly>> DaysAsync(CancellationToken cancellationToken) => days.KnownAsync(cancellationToken);

    public async IAsyncEnumerable<StoredResult> ReadDayAsync(DateOnly day, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await url.GuardAsync("read results", async () => await source.OpenConnectionAsync(cancellationToken));
        await using var command = new NpgsqlCommand(Read, connection) { Parameters = { new() { Value = PostgresDay.Number(day) } } };
        await using var reader = await url.GuardAsync("read results", () => command.ExecuteReaderAsync(cancellationToken));
        while (await url.GuardAsync("read results", () => reader.ReadAsync(cancellationToken)))
        {
            if (ResultSelect.Parse(reader, onFault) is not { } revision) continue;
            var evidence = reader.IsDBNull(1) ? null : ResultSelect.ParseEvidence(reader, 1, revision.Test, onFault);
            yield return new StoredResult(revision, evidence);
        }
    }

    public Task<IReadOnlyCollection<HourlySums>?> ReadBareSumsAsync(DateOnly day, CancellationToken cancellationToken) => days.ReadBareAsync(day, cancellationToken);

    public Task<bool> KeepBareSumsAsync(DateOnly day, IReadOnlyCollection<HourlySums> sums, CancellationToken cancellationToken) => days.KeepBareAsync(day, sums, cancellationToken);
}
