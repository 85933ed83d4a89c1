using System.Text.Json;
using Monitoring.Core;
using Monitoring.Storage.Journal;
using Monitoring.Storage.Lines;

namespace Monitoring.Storage.Results;

/// <summary>Reads the outcomes of a day's file.</summary>
internal static class OutcomeRecords
{
    /// <summary>What of a day a query selects, oldest test first; the limit is the caller's.</summary>
    public static async Task<List<OutcomeRevision>> ReadDayAsync(
        JournalFolder folder, DateOnly day, ResultQuery query, CancellationToken cancellationToken)
    {
        using var reader = folder.OpenForReading(JournalFolder.Outcomes, day);
        return reader is null ? [] : await ReadDayAsync(reader, day, query, cancellationToken);
    }

    /// <inheritdoc cref="ReadDayAsync(JournalFolder, DateOnly, ResultQuery, CancellationToken)" />
    public static async Task<List<OutcomeRevision>> ReadDayAsync(
        ChainReader reader, DateOnly day, ResultQuery query, CancellationToken cancellationToken)
    {
        var all = new List<OutcomeRevision>();
        var last = new Dictionary<TestId, OutcomeRevision>();
        while (await reader.ReadAsync(cancellationToken))
        {
            if (TryRead(reader, day) is not { } revision || !Selects(query, revision)) continue;
            if (!query.LastOnly) all.Add(revision);
            else if (!last.TryGetValue(revision.Test, out var other) || revision.Revision > other.Revision) last[revision.Test] = revision;
        }

        if (query.LastOnly) all.AddRange(last.Values);
        all.Sort(Order);
        return all;
    }

    /// <summary>The revision of the line that was read last; null, and a fault, when it is none of that day's.</summary>
    public static OutcomeRevision? TryRead(ChainReader reader, DateOnly day)
    {
        try
        {
            var revision = OutcomeLine.Read(reader.Record.Span);
            if (JournalFolder.DayOf(revision.TestTime) == day) return revision;
            reader.Fault(JournalFaultKind.NotARecord, "A test of another day was skipped.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            reader.Fault(JournalFaultKind.NotARecord, $"A line that is no outcome was skipped: {e.Message}");
        }

        return null;
    }

    private static bool Selects(ResultQuery query, OutcomeRevision revision) =>
        revision.TestTime >= query.From && revision.TestTime <= query.Until
        && (query.Orchestrator is not { } orchestrator || revision.Orchestrator == orchestrator)
        && (query.Region is not { } region || revision.Region == region);

    private static int Order(OutcomeRevision a, OutcomeRevision b)
    {
        var order = a.TestTime.CompareTo(b.TestTime);
        if (order == 0) order = a.Test.CompareTo(b.Test);
        return order == 0 ? a.Revision.CompareTo(b.Revision) : order;
    }
}
