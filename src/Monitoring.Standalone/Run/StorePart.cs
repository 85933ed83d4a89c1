using System.Globalization;
using Monitoring.Standalone.Hub;
using Monitoring.Storage.Postgres;
using Monitoring.Web;

namespace Monitoring.Standalone.Run;

/// <summary>The store of results as a part of the instrument: whether it takes them, since when, how long it keeps what, and how large it is.</summary>
/// <param name="hub">Knows whether the last result was taken.</param>
/// <param name="store">The store.</param>
/// <param name="retention">How long the database keeps what; null for a journal, which keeps all.</param>
/// <param name="time">The clock.</param>
internal sealed class StorePart(MonitorHub hub, OpenedStore store, PostgresRetention? retention, TimeProvider time) : IInstrumentStatus
{
    private const string Name = "Results";

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    /// <inheritdoc />
    /// <remarks>Anybody may read it, so it names neither the server nor what that said; the log does.</remarks>
    public ImmutableArray<InstrumentState> Current => [Judge()];

    private InstrumentState Judge()
    {
        if (store.Trouble is { IsTaken: true } taken)
        {
            return new InstrumentState(
                Name, InstrumentLevel.Alarm, "Another monitor works on the database since this one lost its connection, so nothing is stored or tested here. Stop one of them.", taken.Since);
        }

        var changed = hub.StoringChangedAt ?? _startedAt;
        var lost = store.Trouble?.Since;
        if (lost is not null || !hub.IsStoring)
        {
            var since = lost is { } at && (hub.IsStoring || at < changed) ? at : changed;
            return new InstrumentState(Name, InstrumentLevel.Alarm, retention is null
                ? $"The disk of the data directory has taken no results since {since:u}: nothing is leased, and what was measured waits. Free space or mend the disk."
                : $"PostgreSQL cannot be reached, or has refused results, since {since:u}: nothing is leased, and what was measured waits until it is back. Look at the server, and at the log of the monitor.", since);
        }

        return new InstrumentState(Name, InstrumentLevel.Ok, $"They are stored in {(retention is null ? "the journal" : "PostgreSQL")}{Size}. {Kept}", changed);
    }

    private string Size => store.Bytes is var bytes and > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({bytes / 1e6:0.0} MB)") : "";

    private string Kept => retention is null or { ResultDays: 0, EvidenceDays: 0 } ? "All are kept for ever."
        : string.Create(CultureInfo.InvariantCulture, $"Outcomes are kept {Days(retention.ResultDays)}, evidence {(retention.EvidenceDays == 0 ? "as long" : Days(retention.EvidenceDays))}, hourly sums for ever.");

    private static string Days(int days) => days == 0 ? "for ever" : string.Create(CultureInfo.InvariantCulture, $"{days} days");
}
