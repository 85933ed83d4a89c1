using System.Buffers;
using System.Text.Json;
using Monitoring.Storage.Disk;
using Monitoring.Storage.Journal;
using Monitoring.Storage.Lines;

namespace Monitoring.Storage;

/// <summary>
/// A state log in one file of the journal's format: a line for every change, replayed at start. Once more than 1 MiB and three quarters of it
/// are outdated, what still counts is written to a second file, synced and renamed over the first; a crash leaves the one or the other.
/// </summary>
/// <remarks>At most 100,000 keys and 64 MiB of values; a value under 1 MiB; kinds and keys of 1 to 200 characters.</remarks>
public sealed class KeyedLog : IStateLog
{
    private const int MostKeys = 100_000;
    private const long MostBytes = 64 << 20;
    private const int MostBytesOfValue = 1 << 20;
    private const int MostCharactersOfName = 200;

    private readonly string _path;
    private readonly IDisk _disk;
    private readonly FaultLog _faults;
    private readonly long _compactAbove;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedDictionary<string, string>> _kinds = [];
    private JournalFile? _file;
    private bool _isClosed;
    private int _keys;
    private long _bytes;

    private KeyedLog(string path, IDisk disk, FaultLog faults, long compactAbove) =>
        (_path, _disk, _faults, _compactAbove) = (path, disk, faults, compactAbove);

    /// <summary>Damage found so far, each once.</summary>
    public ImmutableArray<JournalFault> Faults => _faults.All;

    /// <summary>Opens a log and replays it.</summary>
    /// <param name="path">Its file; created if it is not there.</param>
    /// <param name="onFault">Gets each fault once; may be null.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static Task<KeyedLog> OpenAsync(string path, Action<JournalFault>? onFault, CancellationToken cancellationToken) =>
        OpenAsync(path, onFault, SystemDisk.Instance, 1 << 20, cancellationToken);

    internal static async Task<KeyedLog> OpenAsync(
        string path, Action<JournalFault>? onFault, IDisk disk, long compactAbove, CancellationToken cancellationToken)
    {
        path = Path.GetFullPath(path);
        StateDirectory.CreatePrivate(Path.GetDirectoryName(path)!);
        var log = new KeyedLog(path, disk, new FaultLog(onFault), compactAbove);
        disk.Delete(log.Successor);
        log._file = await JournalFile.OpenAsync(disk, path, log._faults.Report, log.Replay, cancellationToken);
        return log;
    }

    private string Successor => _path + ".new";

    /// <inheritdoc />
    public string? Find(string kind, string key)
    {
        lock (_lock) return _kinds.TryGetValue(kind, out var entries) ? entries.GetValueOrDefault(key) : null;
    }

    /// <inheritdoc />
    public ImmutableArray<StateEntry> Read(string kind)
    {
        lock (_lock) return _kinds.TryGetValue(kind, out var entries) ? [.. entries.Select(entry => new StateEntry(kind, entry.Key, entry.Value))] : [];
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The kind, the key or the value is too long, or a name is empty.</exception>
    public Task PutAsync(string kind, string key, string json, CancellationToken cancellationToken) =>
        PutAllAsync([new StateEntry(kind, key, json)], cancellationToken);

    /// <inheritdoc />
    /// <exception cref="ArgumentException">A kind, a key or a value is too long, or a name is empty.</exception>
    public async Task PutAllAsync(IReadOnlyCollection<StateEntry> entries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var changes = new List<Change>(entries.Count);
        foreach (var (kind, key, json) in entries)
        {
            CheckName(kind, nameof(entries));
            CheckName(key, nameof(entries));
            using var document = JsonDocument.Parse(json);
            var record = Record(kind, key, document.RootElement);
            if (record.Length > MostBytesOfValue) throw new ArgumentException($"The value of {kind} {key} has {record.Length} bytes; the state log takes {MostBytesOfValue}.", nameof(entries));

            // Read back from the canonical form, so that a value is the same before and after a restart.
            changes.Add(new Change(kind, key, Parse(record).Json, record));
        }

        await ChangeAsync(changes, cancellationToken);
    }

    /// <inheritdoc />
    public async Task RemoveAsync(string kind, string key, CancellationToken cancellationToken)
    {
        CheckName(kind, nameof(kind));
        CheckName(key, nameof(key));
        await ChangeAsync([new Change(kind, key, null, Record(kind, key, default))], cancellationToken);
    }

    /// <summary>Waits for the change under way and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        _isClosed = true;
        _file?.Dispose();
        _file = null;
        _gate.Release();
    }

    private async Task ChangeAsync(List<Change> changes, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_file is null) await ReopenAsync();
            changes = changes.FindAll(c => Find(c.Kind, c.Key) != c.Json);
            if (changes.Count == 0) return;
            CheckRoom(changes);
            Append(changes);
            foreach (var change in changes) Apply(change.Kind, change.Key, change.Json);
            if (_file!.Length > _compactAbove && _file.Length / 4 > _bytes) await CompactAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    private void CheckRoom(List<Change> changes)
    {
        var (keys, bytes) = (_keys, _bytes);
        foreach (var change in changes)
        {
            var old = Find(change.Kind, change.Key);
            bytes += (change.Json?.Length ?? 0) - (old?.Length ?? 0);
            if (old is null && change.Json is not null) keys++;
        }

        if (keys > Math.Max(MostKeys, _keys) || bytes > Math.Max(MostBytes, _bytes))
        {
            throw new StorageFullException($"The state log '{_path}' holds {_keys} keys and {_bytes} characters, which is all it may; remove some.");
        }
    }

    private void Append(List<Change> changes)
    {
        try
        {
            foreach (var change in changes) _file!.Stage(change.Record);
            _file!.Write();
            _file.Confirm();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TakeBack();
            throw new StorageFullException($"The state log '{_path}' could not be written: {e.Message} The old value stands; free space or mend the disk, then try again.", e);
        }
    }

    private void TakeBack()
    {
        try
        {
            _file!.Rollback();
        }
        catch (IOException)
        {
            // It cannot even be cut: read it anew before it is used again.
            _file!.Dispose();
            _file = null;
        }
    }

    private async Task ReopenAsync()
    {
        try
        {
            // The name may be that of a shorter file not yet durable; what is appended to it would be lost with the name.
            _disk.SyncDirectory(Path.GetDirectoryName(_path)!);
            _file = await JournalFile.OpenAsync(_disk, _path, _faults.Report, Replay, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageFullException($"The state log '{_path}' could not be opened: {e.Message} Mend the disk, then try again.", e);
        }
    }

    // What goes wrong here costs nothing: the long file still holds everything, and the next change tries again.
    private async Task CompactAsync()
    {
        try
        {
            _disk.Delete(Successor);
            var bytes = new ArrayBufferWriter<byte>();
            var head = ChainedLine.Genesis(Path.GetFileName(_path));
            foreach (var (kind, entries) in _kinds)
            {
                foreach (var (key, json) in entries)
                {
                    using var value = JsonDocument.Parse(json);
                    ChainedLine.Write(bytes, head, Record(kind, key, value.RootElement));
                }
            }

            using (var file = _disk.Open(Successor))
            {
                file.Write(bytes.WrittenSpan, 0);
                file.Flush();
            }

            _disk.Move(Successor, _path);
            // From here on the file that is open has no name any more: nothing may be written to it.
            _file!.Dispose();
            _file = null;
            await ReopenAsync();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _faults.Report(new JournalFault(Path.GetFileName(_path), 0, 0, JournalFaultKind.NotWritten, $"The state log could not be shortened: {e.Message} It goes on as it is."));
        }
    }

    private void Replay(ChainReader reader)
    {
        try
        {
            var (kind, key, json) = Parse(reader.Record.Span);
            Apply(kind, key, json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            reader.Fault(JournalFaultKind.NotARecord, $"A line that is no state was skipped: {e.Message}");
        }
    }

    private void Apply(string kind, string key, string? json)
    {
        lock (_lock)
        {
            if (!_kinds.TryGetValue(kind, out var entries)) _kinds.Add(kind, entries = new SortedDictionary<string, string>(StringComparer.Ordinal));
            if (entries.Remove(key, out var old)) (_keys, _bytes) = (_keys - 1, _bytes - old.Length);
            if (json is not null)
            {
                entries.Add(key, json);
                (_keys, _bytes) = (_keys + 1, _bytes + json.Length);
            }

            if (entries.Count == 0) _kinds.Remove(kind);
        }
    }

    private static byte[] Record(string kind, string key, JsonElement value) =>
        JsonSerializer.SerializeToUtf8Bytes(new StateLine { Kind = kind, Key = key, Value = value }, StoredJson.Default.StateLine);

    private static (string Kind, string Key, string? Json) Parse(ReadOnlySpan<byte> record)
    {
        var line = JsonSerializer.Deserialize(record, StoredJson.Default.StateLine);
        if (line is not { Kind.Length: > 0, Key.Length: > 0 }) throw new JsonException("The kind or the key is missing.");
        return (line.Kind, line.Key, line.Value.ValueKind == JsonValueKind.Undefined ? null : line.Value.GetRawText());
    }

    private static void CheckName(string name, string parameter)
    {
        if (name is not { Length: > 0 and <= MostCharactersOfName }) throw new ArgumentException($"A name of 1 to {MostCharactersOfName} characters is expected.", parameter);
    }

    private readonly record struct Change(string Kind, string Key, string? Json, byte[] Record);
}
