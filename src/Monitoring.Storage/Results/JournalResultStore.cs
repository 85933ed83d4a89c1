using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Monitoring.Core;
using Monitoring.Storage.Disk;
using Monitoring.Storage.Journal;
using Monitoring.Storage.Lines;
using Monitoring.Storage.Results;
using Monitoring.Storage.Transfer;

namespace Monitoring.Storage;

/// <summary>
/// Results in files that need nothing but a disk: JSON Lines, a file a UTC day, hash-chained (FORMAT.md beside the code of the journal). The
/// day is that of the <em>test's</em> time, however late a revision is recorded, so a range of test times opens only its own days. Raw days
/// are never deleted. One process owns the folder (<see cref="StateDirectory"/>); any number may read it.
/// </summary>
/// <remarks>
/// Of the newest 8 days written to it holds the keys, of a read one day's matching revisions; so it stays small however long it runs. A
/// revision and its evidence must be under 4 MiB each. A cancelled append may or may not have been written: append again to know.
/// </remarks>
public sealed class JournalResultStore : IResultStore
{
    private readonly JournalFolder _folder;
    private readonly ResultWriter _writer;
    private readonly HourlyDays _hourly;

    private JournalResultStore(JournalFolder folder, OpenDays days, TimeProvider time)
    {
        _folder = folder;
        _writer = new ResultWriter(folder, days);
        _hourly = new HourlyDays(folder, time);
    }

    /// <summary>The journal day by day, for another store to be filled from it.</summary>
    public IStoredDays Days => new JournalDays(_folder, _hourly);

    /// <summary>Damage found so far, each once, at most the first 1,000.</summary>
    public ImmutableArray<JournalFault> Faults => _folder.Faults.All;

    /// <summary>
    /// Opens a journal. The newest three days are read at once, and torn last lines cut off; older days when something is written to them.
    /// </summary>
    /// <param name="folder">The folder of the journal; created if it is not there.</param>
    /// <param name="time">Decides when a day is closed.</param>
    /// <param name="onFault">Gets each fault once, on the thread that found it; null to look at <see cref="Faults"/> only.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public static Task<JournalResultStore> OpenAsync(
        string folder, TimeProvider time, Action<JournalFault>? onFault, CancellationToken cancellationToken) =>
        OpenAsync(folder, time, onFault, SystemDisk.Instance, cancellationToken);

    internal static async Task<JournalResultStore> OpenAsync(
        string folder, TimeProvider time, Action<JournalFault>? onFault, IDisk disk, CancellationToken cancellationToken)
    {
        StateDirectory.CreatePrivate(folder);
        var files = new JournalFolder(folder, disk, new FaultLog(onFault));
        var days = new OpenDays(files);
        try
        {
            foreach (var day in files.Days(JournalFolder.Outcomes, DateOnly.MinValue, DateOnly.MaxValue).TakeLast(3))
            {
                await days.GetAsync(day, files.LengthOf(JournalFolder.Evidence, day) > 0, cancellationToken);
            }
        }
        catch
        {
            days.Dispose();
            throw;
        }

        return new JournalResultStore(files, days, time);
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The revision is negative, too long for a line, or holds a number that JSON has not.</exception>
    public Task<bool> AppendAsync(OutcomeRevision revision, TestEvidence? evidence, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(revision);
        ArgumentOutOfRangeException.ThrowIfNegative(revision.Revision, nameof(revision));
        var entry = new ResultEntry(
            JournalFolder.DayOf(revision.TestTime),
            (revision.Test, revision.Revision),
            Bounded(revision.Test, OutcomeLine.Write(revision)),
            evidence is null ? null : Bounded(revision.Test, EvidenceLine.Write(revision.Test, revision.Revision, evidence)));
        return _writer.AppendAsync(entry, cancellationToken);
    }

    /// <inheritdoc />
    /// <remarks>With a limit it holds that many revisions; without one, those of one day.</remarks>
    public async IAsyncEnumerable<OutcomeRevision> ReadAsync(ResultQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var days = _folder.Days(JournalFolder.Outcomes, JournalFolder.DayOf(query.From), JournalFolder.DayOf(query.Until));
        if (query.Limit <= 0)
        {
            foreach (var day in days)
            {
                foreach (var revision in await OutcomeRecords.ReadDayAsync(_folder, day, query, cancellationToken)) yield return revision;
            }

            yield break;
        }

        // The newest days first, until there is enough; then out in the order of time.
        var newest = new Stack<List<OutcomeRevision>>();
        var missing = query.Limit;
        for (var i = days.Count - 1; i >= 0 && missing > 0; i--)
        {
            var found = await OutcomeRecords.ReadDayAsync(_folder, days[i], query, cancellationToken);
            if (found.Count > missing) found = found[^missing..];
            missing -= found.Count;
            newest.Push(found);
        }

        foreach (var revision in newest.SelectMany(day => day)) yield return revision;
    }

    /// <inheritdoc />
    /// <remarks>Of a test that was judged again with new evidence, the evidence of the highest revision.</remarks>
    public async Task<TestEvidence?> ReadEvidenceAsync(TestId test, DateTimeOffset testTime, CancellationToken cancellationToken)
    {
        using var reader = _folder.OpenForReading(JournalFolder.Evidence, JournalFolder.DayOf(testTime));
        if (reader is null) return null;
        var mark = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"{test.Text}\""));
        (int Revision, TestEvidence Evidence)? last = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.Record.Span.IndexOf(mark) < 0) continue;
            try
            {
                var found = EvidenceLine.Read(reader.Record.Span);
                if (found.Test == test && (last is null || found.Revision > last.Value.Revision)) last = (found.Revision, found.Evidence);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                reader.Fault(JournalFaultKind.NotARecord, $"A line that is no evidence was skipped: {e.Message}");
            }
        }

        return last?.Evidence;
    }

    /// <inheritdoc />
    /// <remarks>
    /// A day is closed 48 hours after its end; its sums then lie in a file of their own, made again whenever the day's outcomes have grown,
    /// and served alone where those are gone. Tests of which nothing was measured are planned tests of the method "".
    /// </remarks>
    public IAsyncEnumerable<HourlySums> ReadHourlyAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) =>
        _hourly.ReadAsync(from, until, cancellationToken);

    /// <summary>
    /// Writes the hourly sums of every closed day that has none or stale ones. Reading them does the same; a host calls this once a day so
    /// that they are there should a raw day ever be lost.
    /// </summary>
    public Task CloseDaysAsync(CancellationToken cancellationToken) => _hourly.CloseDaysAsync(cancellationToken);

    /// <summary>Writes what was appended, then closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _hourly.Dispose();
    }

    private static byte[] Bounded(TestId test, byte[] record) => record.Length <= ChainedLine.MaximumRecord
        ? record
        : throw new ArgumentException($"The record of test {test} has {record.Length} bytes; the journal takes {ChainedLine.MaximumRecord}.", nameof(record));
}
