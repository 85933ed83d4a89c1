using Monitoring.Core;
using Monitoring.Storage.Journal;
using Monitoring.Storage.Lines;

namespace Monitoring.Storage.Postgres;

/// <summary>One revision as a row: the record of the journal, and what of it is searched for.</summary>
internal sealed class PostgresRow
{
    private PostgresRow()
    {
    }

    /// <summary>What may be written once. The day is that of the test's time, UTC, as days since 2000-01-01.</summary>
    public required (int Day, string Test, int Revision) Key { get; init; }

    /// <summary>The test's time, cut to the microseconds that a timestamptz holds.</summary>
    public required DateTime Time { get; init; }

    /// <summary>The tenths of a microsecond that were cut off, 0 to 9.</summary>
    public required short Tenths { get; init; }

    public required string Orchestrator { get; init; }

    public required string Region { get; init; }

    public required byte[] Record { get; init; }

    public required byte[]? Evidence { get; init; }

    public int Bytes => Record.Length + (Evidence?.Length ?? 0);

    /// <exception cref="ArgumentException">The revision is negative, too long, or holds a number that JSON has not.</exception>
    public static PostgresRow Of(OutcomeRevision revision, TestEvidence? evidence)
    {
        ArgumentNullException.ThrowIfNull(revision);
        ArgumentOutOfRangeException.ThrowIfNegative(revision.Revision, nameof(revision));
        var (time, tenths) = Split(revision.TestTime);
        return new PostgresRow
        {
            Key = (PostgresDay.Number(JournalFolder.DayOf(revision.TestTime)), revision.Test.Text, revision.Revision),
            Time = time,
            Tenths = tenths,
            Orchestrator = revision.Orchestrator.Text,
            Region = revision.Region.Code,
            Record = Bounded(revision.Test, OutcomeLine.Write(revision)),
            Evidence = evidence is null ? null : Bounded(revision.Test, EvidenceLine.Write(revision.Test, revision.Revision, evidence)),
        };
    }

    /// <summary>An instant as the microseconds of a timestamptz and the tenths beyond them.</summary>
    public static (DateTime Time, short Tenths) Split(DateTimeOffset instant)
    {
        var tenths = instant.UtcTicks % TimeSpan.TicksPerMicrosecond;
        return (new DateTime(instant.UtcTicks - tenths, DateTimeKind.Utc), (short)tenths);
    }

    private static byte[] Bounded(TestId test, byte[] record) => record.Length <= ChainedLine.MaximumRecord
        ? record
        : throw new ArgumentException($"The record of test {test} has {record.Length} bytes; a store takes {ChainedLine.MaximumRecord}.", nameof(record));
}
