using System.Globalization;
using System.Numerics;
using Monitoring.Core;
using Monitoring.Storage.Postgres;
using Npgsql;

namespace Monitoring.Cluster.Money;

/// <summary>The spending of the days in PostgreSQL: a row for each test, so that a reservation costs as much late in the day as early.</summary>
internal sealed class PostgresSpendStore(PostgresUrl url) : ISpendStore, IAsyncDisposable
{
    /// <summary>How long a day is kept after it is over.</summary>
    private const int KeepDays = 40;

    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(url.ForPool(3));

    public async Task<SpendDay> ReadAsync(DateOnly day, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _database.OpenConnectionAsync(cancellationToken);

            // One statement, so that version and tests are of one instant.
            await using var command = new NpgsqlCommand(
                "SELECT d.version, r.test_id, r.orchestrator, r.region, r.wei::text, r.settled FROM spend_day d LEFT JOIN spend_reservation r USING (day) WHERE d.day = $1", connection)
            {
                Parameters = { new() { Value = day } },
            };
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var entries = ImmutableArray.CreateBuilder<SpendReservation>();
            var version = 0L;
            while (await reader.ReadAsync(cancellationToken))
            {
                version = reader.GetInt64(0);
                if (reader.IsDBNull(1)) continue;
                entries.Add(new SpendReservation(
                    TestId.Parse(reader.GetString(1)), OrchestratorId.Parse(reader.GetString(2)), RegionId.Parse(reader.GetString(3)),
                    BigInteger.Parse(reader.GetString(4), CultureInfo.InvariantCulture), reader.GetBoolean(5)));
            }

            return new SpendDay(version, entries.ToImmutable());
        }
        catch (NpgsqlException e)
        {
            throw new IOException($"The spending of {day:yyyy-MM-dd} could not be read from {url.Display}: {e.Message}", e);
        }
    }

    public async Task WriteAsync(DateOnly day, long known, IReadOnlyCollection<SpendReservation> changed, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var fence = new NpgsqlCommand(
                "INSERT INTO spend_day (day, version) VALUES ($1, $2 + 1) ON CONFLICT (day) DO UPDATE SET version = $2 + 1 WHERE spend_day.version = $2", connection)
            {
                Parameters = { new() { Value = day }, new() { Value = known } },
            };
            if (await fence.ExecuteNonQueryAsync(cancellationToken) != 1) throw new SpendConflictException(day, known);
            await using var write = new NpgsqlCommand(
                """
                INSERT INTO spend_reservation (day, test_id, orchestrator, region, wei, settled)
                SELECT $1, t, o, r, w::numeric, s FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[]) AS n(t, o, r, w, s)
                ON CONFLICT (day, test_id) DO UPDATE SET wei = EXCLUDED.wei, settled = EXCLUDED.settled
                """,
                connection)
            {
                Parameters =
                {
                    new() { Value = day },
                    new() { Value = changed.Select(c => c.Test.Text).ToArray() },
                    new() { Value = changed.Select(c => c.Orchestrator.Text).ToArray() },
                    new() { Value = changed.Select(c => c.Region.Code).ToArray() },
                    new() { Value = changed.Select(c => c.Wei.ToString(CultureInfo.InvariantCulture)).ToArray() },
                    new() { Value = changed.Select(c => c.Settled).ToArray() },
                },
            };
            await write.ExecuteNonQueryAsync(cancellationToken);
            if (known == 0)
            {
                // A day begins: those that nobody asks about any more go with their tests.
                await using var old = new NpgsqlCommand("DELETE FROM spend_day WHERE day < $1", connection) { Parameters = { new() { Value = day.AddDays(-KeepDays) } } };
                await old.ExecuteNonQueryAsync(cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
        }
        catch (NpgsqlException e)
        {
            throw new IOException($"The spending of {day:yyyy-MM-dd} could not be written to {url.Display}: {e.Message}", e);
        }
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
