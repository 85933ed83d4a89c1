using Npgsql;
using NpgsqlTypes;

namespace Monitoring.Storage.Postgres;

/// <summary>Knows which days have partitions, and makes those of a day that has none.</summary>
internal sealed class PostgresPartitions
{
    private const string List = """
        SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid WHERE inhparent = to_regclass($1)::oid
        """;

    private readonly Lock _gate = new();
    private readonly HashSet<int> _known = [];

    /// <summary>Makes the partitions of days that have none.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="days">Days by <see cref="PostgresDay.Number"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task EnsureAsync(NpgsqlConnection connection, IEnumerable<int> days, CancellationToken cancellationToken)
    {
        List<int> missing;
        lock (_gate) missing = [.. days.Distinct().Where(day => !_known.Contains(day))];
        foreach (var day in missing)
        {
            await using var command = new NpgsqlCommand("SELECT create_result_day(DATE '2000-01-01' + $1)", connection) { Parameters = { new() { Value = day } } };
            await command.ExecuteNonQueryAsync(cancellationToken);
            lock (_gate) _known.Add(day);
        }
    }

    /// <summary>Forgets what is known: partitions may have gone.</summary>
    public void Forget()
    {
        lock (_gate) _known.Clear();
    }

    /// <summary>The days that have a partition of a table, in order.</summary>
    public static async Task<SortedSet<DateOnly>> DaysAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        var days = new SortedSet<DateOnly>();
        await using var command = new NpgsqlCommand(List, connection) { Parameters = { new() { Value = table, NpgsqlDbType = NpgsqlDbType.Text } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (PostgresDay.OfPartition(table, reader.GetString(0)) is { } day) days.Add(day);
        }

        return days;
    }
}
