using System.Runtime.CompilerServices;
using System.Text.Json;
using Monitoring.Core;
using Monitoring.Storage.Journal;
using Monitoring.Storage.Lines;
using Monitoring.Storage.Results;

namespace Monitoring.Storage.Transfer;

/// <summary>
/// Reads a journal day by day. Outcomes and evidence lie in two files: those of evidence are looked through once for where each record is,
/// then read as their outcomes come by, so what is held is a place per test and not the evidence.
/// </summary>
internal sealed class JournalDays(JournalFolder folder, HourlyDays hourly) : IStoredDays
{
    public Task<IReadOnlyCollection<DateOnly>> DaysAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyCollection<DateOnly>>(new SortedSet<DateOnly>([
            .. folder.Days(JournalFolder.Outcomes, DateOnly.MinValue, DateOnly.MaxValue), .. folder.Days(JournalFolder.Hourly, DateOnly.MinValue, DateOnly.MaxValue)]));

    public async IAsyncEnumerable<StoredResult> ReadDayAsync(DateOnly day, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var places = await FindEvidenceAsync(day, cancellationToken);
        using var reader = folder.OpenForReading(JournalFolder.Outcomes, day);
        if (reader is null) yield break;
        using var evidence = places.Count == 0 ? null : File.OpenHandle(
            folder.PathOf(JournalFolder.Evidence, day), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (OutcomeRecords.TryRead(reader, day) is not { } revision) continue;
            TestEvidence? found = null;
            if (places.TryGetValue((revision.Test, revision.Revision), out var place))
            {
                var record = new byte[place.Length];
                for (var read = 0; read < record.Length;)
                {
                    var count = await RandomAccess.ReadAsync(evidence!, record.AsMemory(read), place.Offset + read, cancellationToken);
                    if (count == 0) throw new IOException($"The evidence of test {revision.Test} was cut off while it was read.");
                    read += count;
                }

                found = EvidenceLine.Read(record).Evidence;
            }

            yield return new StoredResult(revision, found);
        }
    }

    public async Task<IReadOnlyCollection<HourlySums>?> ReadBareSumsAsync(DateOnly day, CancellationToken cancellationToken)
    {
        if (folder.LengthOf(JournalFolder.Outcomes, day) > 0) return null;
        return await hourly.ReadKeptAsync(day, cancellationToken);
    }

    public Task<bool> KeepBareSumsAsync(DateOnly day, IReadOnlyCollection<HourlySums> sums, CancellationToken cancellationToken) => hourly.KeepBareAsync(day, sums, cancellationToken);

    // Of a key that stands there twice (the process died between evidence and outcome, and wrote both again) the first counts, as everywhere.
    private async Task<Dictionary<(TestId, int), (long Offset, int Length)>> FindEvidenceAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var places = new Dictionary<(TestId, int), (long, int)>();
        using var reader = folder.OpenForReading(JournalFolder.Evidence, day);
        while (reader is not null && await reader.ReadAsync(cancellationToken))
        {
            try
            {
                var found = EvidenceLine.Read(reader.Record.Span);
                places.TryAdd((found.Test, found.Revision), (reader.Offset + ChainedLine.BeforeRecord, reader.Record.Length));
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                reader.Fault(JournalFaultKind.NotARecord, $"A line that is no evidence was skipped: {e.Message}");
            }
        }

        return places;
    }
}
