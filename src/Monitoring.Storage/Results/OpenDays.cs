using Monitoring.Storage.Journal;

namespace Monitoring.Storage.Results;

/// <summary>
/// The days that can be appended to, with the keys that each holds. At most <see cref="Most"/> stay open: the day longest unused is closed
/// and its keys forgotten; they are read again when something of that day comes late. Only the writer uses it.
/// </summary>
internal sealed class OpenDays(JournalFolder folder) : IDisposable
{
    public const int Most = 8;
    private readonly Dictionary<DateOnly, OpenDay> _days = [];
    private long _uses;

    /// <summary>True when so many days are open that some must be closed before another is opened.</summary>
    public bool IsCrowded => _days.Count > 2 * Most;

    public async Task<OpenDay> GetAsync(DateOnly date, bool withEvidence, CancellationToken cancellationToken)
    {
        if (!_days.TryGetValue(date, out var day))
        {
            day = await OpenDay.OpenAsync(folder, date, cancellationToken);
            _days.Add(date, day);
        }

        day.LastUse = ++_uses;
        if (withEvidence) await day.OpenEvidenceAsync(cancellationToken);
        return day;
    }

    public void Close(OpenDay day)
    {
        _days.Remove(day.Day);
        day.Dispose();
    }

    public void Trim()
    {
        while (_days.Count > Most) Close(_days.Values.MinBy(day => day.LastUse)!);
    }

    public void Dispose()
    {
        foreach (var day in _days.Values) day.Dispose();
        _days.Clear();
    }
}
