using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Monitoring.Core;
using Monitoring.Storage.Journal;
using Monitoring.Storage.Lines;

namespace Monitoring.Storage.Results;

/// <summary>
/// The hourly sums: of an open day folded from its outcomes each time, of a closed one kept in <c>hourly-2026-11-20.jsonl</c>. The file is a
/// cache: it is written whole and renamed into place, and says which outcomes it was made of.
/// </summary>
internal sealed class HourlyDays(JournalFolder folder, TimeProvider time) : IDisposable
{
    /// <summary>How long after its end a day stays open: by then every outcome is final (24 h after the plan's day) and then some.</summary>
    public static readonly TimeSpan OpenFor = TimeSpan.FromHours(48);

    private readonly SemaphoreSlim _gate = new(1);

    public async IAsyncEnumerable<HourlySums> ReadAsync(
        DateTimeOffset from, DateTimeOffset until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var day in Days(JournalFolder.DayOf(from), JournalFolder.DayOf(until)))
        {
            foreach (var row in await ReadDayAsync(day, cancellationToken))
            {
                if (row.Hour >= from && row.Hour.UtcTicks + TimeSpan.TicksPerHour <= until.UtcTicks) yield return row;
            }
        }
    }

    public async Task CloseDaysAsync(CancellationToken cancellationToken)
    {
        foreach (var day in Days(DateOnly.MinValue, DateOnly.MaxValue))
        {
            if (IsClosed(day) && !await IsFreshAsync(day, cancellationToken)) await ReadDayAsync(day, cancellationToken);
        }
    }

    /// <summary>The sums of a day whose outcomes are gone; null when there is no file of sums.</summary>
    public Task<List<HourlySums>?> ReadKeptAsync(DateOnly day, CancellationToken cancellationToken) => TryReadFileAsync(day, 0, cancellationToken);

    /// <summary>Keeps sums of a day of which there is nothing else.</summary>
    /// <returns>False when there are outcomes or sums of that day.</returns>
    /// <exception cref="IOException">They could not be written.</exception>
    public async Task<bool> KeepBareAsync(DateOnly day, IReadOnlyCollection<HourlySums> sums, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (folder.LengthOf(JournalFolder.Outcomes, day) > 0 || folder.LengthOf(JournalFolder.Hourly, day) > 0) return false;
            WriteFile(day, 0, "", [.. sums]);
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private SortedSet<DateOnly> Days(DateOnly from, DateOnly until) =>
        [.. folder.Days(JournalFolder.Outcomes, from, until), .. folder.Days(JournalFolder.Hourly, from, until)];

    private bool IsClosed(DateOnly day) =>
        time.GetUtcNow().UtcTicks - day.ToDateTime(TimeOnly.MinValue).Ticks >= TimeSpan.TicksPerDay + OpenFor.Ticks;

    // By the header alone: this is asked of every day there ever was.
    private async Task<bool> IsFreshAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var length = folder.LengthOf(JournalFolder.Outcomes, day);
        if (length == 0) return true;
        using var reader = folder.OpenForReading(JournalFolder.Hourly, day);
        return reader is not null && await reader.ReadAsync(cancellationToken) && ReadHeader(reader)?.SourceLength == length;
    }

    private static HourlyHeaderLine? ReadHeader(ChainReader reader)
    {
        try
        {
            return reader.Line == 1 ? JsonSerializer.Deserialize(reader.Record.Span, StoredJson.Default.HourlyHeaderLine) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            reader.Fault(JournalFaultKind.NotARecord, $"A header that is none was skipped: {e.Message}");
            return null;
        }
    }

    private async Task<List<HourlySums>> ReadDayAsync(DateOnly day, CancellationToken cancellationToken)
    {
        if (!IsClosed(day)) return (await FoldAsync(day, cancellationToken)).Rows;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var length = folder.LengthOf(JournalFolder.Outcomes, day);
            if (await TryReadFileAsync(day, length, cancellationToken) is { } kept) return kept;
            var (rows, foldedLength, head) = await FoldAsync(day, cancellationToken);
            TryWriteFile(day, foldedLength, head, rows);
            return rows;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<(List<HourlySums> Rows, long Length, string Head)> FoldAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var length = folder.LengthOf(JournalFolder.Outcomes, day);
        if (length == 0) return ([], 0, "");
        var all = new ResultQuery { From = DateTimeOffset.MinValue, Until = DateTimeOffset.MaxValue };
        using var reader = new ChainReader(folder.PathOf(JournalFolder.Outcomes, day), length, folder.Faults.Report);
        var last = await OutcomeRecords.ReadDayAsync(reader, day, all, cancellationToken);
        return (HourlyFold.Fold(last, ReportOverflow), length, reader.HeadText);
    }

    private void ReportOverflow(OutcomeRevision revision) => folder.Faults.Report(new JournalFault(
        JournalFolder.NameOf(JournalFolder.Outcomes, JournalFolder.DayOf(revision.TestTime)), 0, 0, JournalFaultKind.NotARecord,
        $"The sums of test {revision.Test} are too large to add up; the hourly sums leave it out."));

    // Null when there is no file, or it is of other outcomes, or damaged while the outcomes are there to make it again.
    private async Task<List<HourlySums>?> TryReadFileAsync(DateOnly day, long outcomesLength, CancellationToken cancellationToken)
    {
        using var reader = folder.OpenForReading(JournalFolder.Hourly, day);
        if (reader is null) return null;
        var isSource = outcomesLength > 0;
        HourlyHeaderLine? header = null;
        var rows = new List<HourlySums>();
        while (await reader.ReadAsync(cancellationToken))
        {
            try
            {
                if (reader.Line > 1) rows.Add(HourlyLine.Read(reader.Record.Span));
                else header = ReadHeader(reader);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                reader.Fault(JournalFaultKind.NotARecord, $"A line that is no hourly sum was skipped: {e.Message}");
            }

            if (isSource && header?.SourceLength != outcomesLength) return null;
        }

        return isSource && (header is null || header.Rows != rows.Count) ? null : rows;
    }

    private void TryWriteFile(DateOnly day, long length, string head, List<HourlySums> rows)
    {
        try
        {
            WriteFile(day, length, head, rows);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            folder.Faults.Report(new JournalFault(
                JournalFolder.NameOf(JournalFolder.Hourly, day), 0, 0, JournalFaultKind.NotWritten, $"The hourly sums of a closed day were not written: {e.Message} They are made again when needed."));
        }
    }

    private void WriteFile(DateOnly day, long length, string head, List<HourlySums> rows)
    {
        var path = folder.PathOf(JournalFolder.Hourly, day);
        var temporary = path + ".tmp";
        var bytes = new ArrayBufferWriter<byte>(64 << 10);
        var chain = ChainedLine.Genesis(Path.GetFileName(path));
        var header = new HourlyHeaderLine { SourceLength = length, SourceHash = head, Rows = rows.Count };
        ChainedLine.Write(bytes, chain, JsonSerializer.SerializeToUtf8Bytes(header, StoredJson.Default.HourlyHeaderLine));
        foreach (var row in rows) ChainedLine.Write(bytes, chain, HourlyLine.Write(row));
        folder.Disk.Delete(temporary);
        using (var file = folder.Disk.Open(temporary))
        {
            file.Write(bytes.WrittenSpan, 0);
            file.Flush();
        }

        folder.Disk.Move(temporary, path);
        folder.Disk.SyncDirectory(folder.FolderPath);
    }
}
