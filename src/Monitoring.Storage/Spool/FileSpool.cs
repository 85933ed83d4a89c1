using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Monitoring.Core;
using Monitoring.Storage.Disk;
using Monitoring.Storage.Journal;

namespace Monitoring.Storage;

/// <summary>
/// A spool with a file an item, <c>0000000000000042.20261120-03-MDW-0x….json</c>: number in order of arrival, and the test. A file holds one
/// line of the journal's format whose chain begins with the file's name. It is written under another name, synced and renamed, so at any
/// instant an item is there whole or not at all. A damaged item is moved aside as <c>.bad</c> and reported; it never holds up the rest.
/// </summary>
/// <typeparam name="T">What is spooled.</typeparam>
public sealed class FileSpool<T> : ISpool<T>
{
    private const string Extension = ".json";
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    private readonly string _folder;
    private readonly SpoolFormat<T> _format;
    private readonly SpoolBounds _bounds;
    private readonly TimeProvider _time;
    private readonly IDisk _disk;
    private readonly FaultLog _faults;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly SortedDictionary<long, (TestId Id, long Bytes)> _items = [];
    private readonly Dictionary<TestId, long> _numbers = [];
    private long _next = 1;
    private long _bytes;
    private int _count;
    private long _refusedAt;
    private volatile bool _isAtBound;
    private volatile bool _isRefused;

    private FileSpool(string folder, SpoolFormat<T> format, SpoolBounds bounds, TimeProvider time, IDisk disk, FaultLog faults) =>
        (_folder, _format, _bounds, _time, _disk, _faults) = (folder, format, bounds, time, disk, faults);

    /// <summary>Damage found so far, each once.</summary>
    public ImmutableArray<JournalFault> Faults => _faults.All;

    /// <inheritdoc />
    public int Count => Volatile.Read(ref _count);

    /// <inheritdoc />
    /// <remarks>A disk that refused counts as full for 10 seconds or until an item is removed; then the next item tries it again.</remarks>
    public bool IsFull => _isAtBound || (_isRefused && _time.GetElapsedTime(Interlocked.Read(ref _refusedAt)) < RetryAfter);

    internal static FileSpool<T> Open(
        string folder, SpoolFormat<T> format, SpoolBounds bounds, TimeProvider time, Action<JournalFault>? onFault, IDisk disk)
    {
        ArgumentNullException.ThrowIfNull(bounds);
        folder = Path.GetFullPath(folder);
        StateDirectory.CreatePrivate(folder);
        var spool = new FileSpool<T>(folder, format, bounds, time, disk, new FaultLog(onFault));
        spool.Load();
        return spool;
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The item is 4 MiB or longer.</exception>
    public async Task AddAsync(TestId id, T item, CancellationToken cancellationToken)
    {
        var record = _format.Write(item);
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_numbers.ContainsKey(id)) return;
            var name = NameOf(_next, id);
            var line = new ArrayBufferWriter<byte>(record.Length + 256);
            ChainedLine.Write(line, ChainedLine.Genesis(name), record);
            if (_items.Count >= _bounds.Items || _bytes + line.WrittenCount > _bounds.Bytes)
            {
                throw new StorageFullException(
                    $"The spool '{_folder}' holds {_items.Count} items and {_bytes} bytes, which is all it may: test {id} was not taken. It empties when the hub can be reached.");
            }

            Write(name, line.WrittenSpan, id);
            Keep(_next++, id, line.WrittenCount);
            _isRefused = false;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<(TestId Id, T Item)>> PeekAsync(int most, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var found = new List<(TestId, T)>();
            foreach (var (number, (id, _)) in _items.ToArray())
            {
                if (found.Count >= most) break;
                cancellationToken.ThrowIfCancellationRequested();
                var name = NameOf(number, id);
                try
                {
                    found.Add((id, await ReadAsync(name, cancellationToken)));
                }
                catch (Exception e) when (e is JsonException or InvalidOperationException or FileNotFoundException)
                {
                    SetAside(number, id, name, e.Message);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // The disk, not the item: it stays and is tried again.
                    _faults.Report(new JournalFault(name, 0, 0, JournalFaultKind.NotARecord, $"The spooled result of test {id} could not be read just now: {e.Message}"));
                }
            }

            return found;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    /// <exception cref="IOException">The item could not be deleted; it still waits.</exception>
    public async Task RemoveAsync(TestId id, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!_numbers.TryGetValue(id, out var number)) return;
            _disk.Delete(Path.Combine(_folder, NameOf(number, id)));
            Forget(number, id);
            _isRefused = false;
            _disk.SyncDirectory(_folder);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Waits for what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        _gate.Release();
    }

    private static string NameOf(long number, TestId id) => string.Create(CultureInfo.InvariantCulture, $"{number:D16}.{id.Text}{Extension}");

    private static bool TryParse(string name, out long number, out TestId id)
    {
        (number, id) = (0, default);
        return name.Length > 17 + Extension.Length && name[16] == '.' && name.EndsWith(Extension, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, 16), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && TestId.TryParse(name[17..^Extension.Length], out id);
    }

    private void Load()
    {
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal).ToList())
        {
            if (file.Name.EndsWith(".tmp", StringComparison.Ordinal)) _disk.Delete(file.FullName);
            else if (TryParse(file.Name, out var number, out var id))
            {
                _next = number + 1;
                // Only an interrupted removal of the name can leave a test twice; the first stays.
                if (_numbers.ContainsKey(id)) _disk.Delete(file.FullName);
                else Keep(number, id, file.Length);
            }
        }
    }

    private void Write(string name, ReadOnlySpan<byte> line, TestId id)
    {
        var path = Path.Combine(_folder, name);
        var temporary = path + ".tmp";
        try
        {
            using (var file = _disk.Open(temporary))
            {
                file.Write(line, 0);
                file.Flush();
            }

            _disk.Move(temporary, path);
            _disk.SyncDirectory(_folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Interlocked.Exchange(ref _refusedAt, _time.GetTimestamp());
            _isRefused = true;
            TryDelete(temporary);
            TryDelete(path);
            throw new StorageFullException($"Test {id} could not be spooled in '{_folder}': {e.Message} Free space or mend the disk, then try again.", e);
        }
    }

    private void TryDelete(string path)
    {
        try
        {
            _disk.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A half-written item goes at the next start; a whole one is then found, and reporting a test twice is harmless.
        }
    }

    private async Task<T> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_folder, name);
        JournalFault? fault = null;
        using var reader = new ChainReader(path, ChainedLine.MaximumLength, found => fault = found);
        var isRead = await reader.ReadAsync(cancellationToken);
        if (!isRead || fault is not null) throw new JsonException(fault?.Message ?? "The file does not hold one whole line.");
        return _format.Read(reader.Record);
    }

    private void SetAside(long number, TestId id, string name, string why)
    {
        var path = Path.Combine(_folder, name);
        try
        {
            if (File.Exists(path)) _disk.Move(path, path + ".bad");
            _faults.Report(new JournalFault(name, 1, 0, JournalFaultKind.NotARecord, $"The spooled result of test {id} cannot be read and was moved aside as {name}.bad: {why}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _faults.Report(new JournalFault(name, 1, 0, JournalFaultKind.NotARecord, $"The spooled result of test {id} cannot be read ({why}) nor moved aside ({e.Message})."));
        }

        Forget(number, id);
    }

    private void Keep(long number, TestId id, long bytes)
    {
        _items.Add(number, (id, bytes));
        _numbers.Add(id, number);
        Tally(bytes);
    }

    private void Forget(long number, TestId id)
    {
        _items.Remove(number, out var item);
        _numbers.Remove(id);
        Tally(-item.Bytes);
    }

    private void Tally(long bytes)
    {
        _bytes += bytes;
        Volatile.Write(ref _count, _items.Count);
        _isAtBound = _items.Count >= _bounds.Items || _bytes >= _bounds.Bytes;
    }
}

/// <summary>Opens spools.</summary>
public static class FileSpool
{
    /// <summary>Opens a spool with what an earlier process left in it. Half-written items are deleted.</summary>
    /// <typeparam name="T">What is spooled.</typeparam>
    /// <param name="folder">Its folder; created if it is not there.</param>
    /// <param name="format">How items are written.</param>
    /// <param name="bounds">How much it takes.</param>
    /// <param name="time">Measures how long a disk has refused.</param>
    /// <param name="onFault">Gets each fault once; may be null.</param>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public static FileSpool<T> Open<T>(string folder, SpoolFormat<T> format, SpoolBounds bounds, TimeProvider time, Action<JournalFault>? onFault) =>
        FileSpool<T>.Open(folder, format, bounds, time, onFault, SystemDisk.Instance);
}
