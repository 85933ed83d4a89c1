using Monitoring.Core;
using Monitoring.Storage.Journal;

namespace Monitoring.Storage.Results;

/// <summary>One day that can be appended to: its two files, and the keys that are in them.</summary>
internal sealed class OpenDay : IDisposable
{
    private readonly JournalFolder _folder;
    private readonly HashSet<(TestId, int)> _keys;
    private readonly HashSet<(TestId, int)> _staged = [];
    private readonly JournalFile _outcomes;
    private JournalFile? _evidence;

    private OpenDay(JournalFolder folder, DateOnly day, JournalFile outcomes, HashSet<(TestId, int)> keys) =>
        (_folder, Day, _outcomes, _keys) = (folder, day, outcomes, keys);

    public DateOnly Day { get; }

    public long LastUse { get; set; }

    public static async Task<OpenDay> OpenAsync(JournalFolder folder, DateOnly day, CancellationToken cancellationToken)
    {
        var keys = new HashSet<(TestId, int)>();
        var file = await folder.OpenForAppendAsync(JournalFolder.Outcomes, day, Keep, cancellationToken);
        return new OpenDay(folder, day, file, keys);

        void Keep(ChainReader reader)
        {
            if (OutcomeRecords.TryRead(reader, day) is { } revision) keys.Add((revision.Test, revision.Revision));
        }
    }

    public async Task OpenEvidenceAsync(CancellationToken cancellationToken) =>
        _evidence ??= await _folder.OpenForAppendAsync(JournalFolder.Evidence, Day, null, cancellationToken);

    public bool IsDurable((TestId, int) key) => _keys.Contains(key) && !_staged.Contains(key);

    /// <returns>False when the key is staged already.</returns>
    public bool Stage(ResultEntry entry)
    {
        if (!_staged.Add(entry.Key)) return false;
        _keys.Add(entry.Key);
        if (entry.Evidence is not null) _evidence!.Stage(entry.Evidence);
        _outcomes.Stage(entry.Outcome);
        return true;
    }

    public void WriteEvidence()
    {
        if (_evidence is { Staged: > 0 }) _evidence.Write();
    }

    public void WriteOutcomes() => _outcomes.Write();

    public void Confirm()
    {
        _evidence?.Confirm();
        _outcomes.Confirm();
        _staged.Clear();
    }

    /// <exception cref="IOException">A file could not be cut back.</exception>
    public void Rollback()
    {
        _keys.ExceptWith(_staged);
        _staged.Clear();
        _evidence?.Rollback();
        _outcomes.Rollback();
    }

    public void Dispose()
    {
        _folder.Close(_outcomes);
        if (_evidence is not null) _folder.Close(_evidence);
    }
}
