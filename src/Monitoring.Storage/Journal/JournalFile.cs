using System.Buffers;
using Monitoring.Storage.Disk;

namespace Monitoring.Storage.Journal;

/// <summary>
/// One journal file, open for appending. Records are staged, written and synced together, and then confirmed; until then none of them can be
/// seen, and <see cref="Rollback"/> takes them back so that the chain stays whole. One caller at a time.
/// </summary>
internal sealed class JournalFile : IDisposable
{
    private readonly IDisk _disk;
    private readonly IDiskFile _file;
    private readonly ArrayBufferWriter<byte> _staged = new();
    private readonly byte[] _head;
    private readonly byte[] _stagedHead;
    private long _length;
    private bool _isDirty;

    private JournalFile(IDisk disk, IDiskFile file, string path, long length, ReadOnlySpan<byte> head)
    {
        (_disk, _file, FilePath, _length) = (disk, file, path, length);
        _head = head.ToArray();
        _stagedHead = head.ToArray();
    }

    public string FilePath { get; }

    /// <summary>Bytes that are durable. Any thread may read it.</summary>
    public long Length => Interlocked.Read(ref _length);

    /// <summary>Bytes that wait to be written.</summary>
    public int Staged => _staged.WrittenCount;

    /// <summary>Opens a file, reads all of it, and cuts off a torn last line.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file; it is created when it is not there.</param>
    /// <param name="onFault">Gets each fault.</param>
    /// <param name="onRecord">Gets each sound line.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<JournalFile> OpenAsync(
        IDisk disk, string path, Action<JournalFault> onFault, Action<ChainReader>? onRecord, CancellationToken cancellationToken)
    {
        var file = disk.Open(path);
        try
        {
            using var reader = new ChainReader(path, file.Length, onFault);
            while (await reader.ReadAsync(cancellationToken)) onRecord?.Invoke(reader);
            if (reader.TornBytes > 0)
            {
                onFault(new JournalFault(
                    reader.Name, reader.Line + 1, reader.EndOfLines, JournalFaultKind.TornLine,
                    $"The file ended inside a line; its {reader.TornBytes} bytes were cut off. Nobody was told that this line was kept."));
                file.SetLength(reader.EndOfLines);
                file.Flush();
            }

            return new JournalFile(disk, file, path, reader.EndOfLines, reader.Head);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Adds a record to what will be written.</summary>
    public void Stage(ReadOnlySpan<byte> record) => ChainedLine.Write(_staged, _stagedHead, record);

    /// <summary>Writes and syncs what is staged.</summary>
    /// <exception cref="IOException">The disk refused; call <see cref="Rollback"/>.</exception>
    public void Write()
    {
        _isDirty = true;
        _file.Write(_staged.WrittenSpan, _length);
        _file.Flush();
        // A new file is durable only with its name.
        if (_length == 0) _disk.SyncDirectory(Path.GetDirectoryName(FilePath)!);
    }

    /// <summary>Makes what was written part of the journal.</summary>
    public void Confirm()
    {
        _stagedHead.CopyTo(_head, 0);
        Interlocked.Exchange(ref _length, _length + _staged.WrittenCount);
        _staged.ResetWrittenCount();
        _isDirty = false;
    }

    /// <summary>Takes back what is staged, written or not.</summary>
    /// <exception cref="IOException">The file could not be cut; it must be opened anew.</exception>
    public void Rollback()
    {
        _head.CopyTo(_stagedHead, 0);
        _staged.ResetWrittenCount();
        if (!_isDirty) return;
        _file.SetLength(_length);
        _isDirty = false;
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();
}
