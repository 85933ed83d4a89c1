using System.Globalization;

namespace Monitoring.Storage.Postgres;

/// <summary>
/// Days as they go over the wire: as their distance from 2000-01-01, for the client makes infinities of the ends of its own calendar. In a
/// statement a day is <c>DATE '2000-01-01' + $1</c>.
/// </summary>
internal static class PostgresDay
{
    private static readonly DateOnly Zero = new(2000, 1, 1);

    public static int Number(DateOnly day) => day.DayNumber - Zero.DayNumber;

    public static DateOnly Day(int number) => DateOnly.FromDayNumber(number + Zero.DayNumber);

    /// <summary>The partition of a day: <c>test_result_20261120</c>.</summary>
    public static string Partition(string table, DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{table}_{day:yyyyMMdd}");

    /// <summary>The day of a partition by its name, or null.</summary>
    public static DateOnly? OfPartition(string table, string name) =>
        name.Length == table.Length + 9 && name.StartsWith(table, StringComparison.Ordinal) && name[table.Length] == '_'
        && DateOnly.TryParseExact(name.AsSpan(table.Length + 1), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;
}
