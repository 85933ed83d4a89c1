using System.Buffers;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Monitoring.Storage.Journal;

/// <summary>
/// Reads the sound lines of a journal file, from its start to a length given, and reports the others. It holds one line at a time.
/// </summary>
internal sealed class ChainReader : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly Action<JournalFault> _onFault;
    private readonly long _length;
    private readonly byte[] _head;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
    private int _start;
    private int _end;
    private long _read;
    private bool _headIsBefore = true;

    /// <summary>Opens a file for reading while it may be written to.</summary>
    /// <param name="path">The file.</param>
    /// <param name="length">Bytes to read at most; the file may end before.</param>
    /// <param name="onFault">Gets each fault.</param>
    /// <param name="name">The name that the chain begins with, where it is not the file's.</param>
    public ChainReader(string path, long length, Action<JournalFault> onFault, string? name = null)
    {
        Name = name ?? Path.GetFileName(path);
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous | FileOptions.SequentialScan);
        _length = length;
        _onFault = onFault;
        _head = ChainedLine.Genesis(Name);
    }

    /// <summary>The file's name.</summary>
    public string Name { get; }

    /// <summary>The line that was read last, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Where that line begins.</summary>
    public long Offset { get; private set; }

    /// <summary>The record of that line; good until the next read.</summary>
    public ReadOnlyMemory<byte> Record { get; private set; }

    /// <summary>Where the last whole line ends.</summary>
    public long EndOfLines { get; private set; }

    /// <summary>At the end of the file: the bytes behind the last whole line.</summary>
    public long TornBytes { get; private set; }

    /// <summary>The hash of the last sound line, 64 hex digits.</summary>
    public ReadOnlySpan<byte> Head => _head;

    /// <summary>The same as text.</summary>
    public string HeadText => Encoding.ASCII.GetString(_head);

    /// <summary>Goes to the next sound line.</summary>
    /// <returns>False at the end.</returns>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (await NextLineAsync(cancellationToken) is { } line)
        {
            Line++;
            if (Accept(line)) return true;
        }

        return false;
    }

    /// <summary>Reports the line that was read last.</summary>
    public void Fault(JournalFaultKind kind, string message) => _onFault(new JournalFault(Name, Line, Offset, kind, message));

    /// <inheritdoc />
    public void Dispose()
    {
        _file.Dispose();
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private bool Accept(ReadOnlyMemory<byte> line)
    {
        var text = line.Span;
        if (text.Length >= ChainedLine.MaximumLength)
        {
            _headIsBefore = false;
            Fault(JournalFaultKind.TooLong, $"A line of more than {ChainedLine.MaximumLength} bytes was skipped.");
            return false;
        }

        if (!ChainedLine.TrySplit(text, out var prev, out var hash, out var record))
        {
            _headIsBefore = false;
            Fault(JournalFaultKind.NotARecord, "A line that is not a journal line was skipped.");
            return false;
        }

        if (!ChainedLine.Proves(text[prev], text[record], text[hash]))
        {
            _headIsBefore = false;
            Fault(JournalFaultKind.Changed, "A line that was changed after it was written was skipped: its hash does not fit.");
            return false;
        }

        // Behind a bad line the link cannot be told, and that line was reported already.
        if (_headIsBefore && !text[prev].SequenceEqual(_head))
        {
            Fault(JournalFaultKind.Gap, "The line does not follow from the line before: lines between them are missing. It was read all the same.");
        }

        text[hash].CopyTo(_head);
        _headIsBefore = true;
        Record = line[record];
        return true;
    }

    // Null at the end. A line too long comes back cut, at the maximum length.
    private async ValueTask<ReadOnlyMemory<byte>?> NextLineAsync(CancellationToken cancellationToken)
    {
        Offset = EndOfLines;
        var searched = 0;
        long skipped = 0;
        while (true)
        {
            var found = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                var length = searched + found;
                var line = skipped > 0 ? _buffer.AsMemory(0, ChainedLine.MaximumLength) : _buffer.AsMemory(_start, length);
                _start += length + 1;
                EndOfLines += skipped + length + 1;
                return line;
            }

            searched = _end - _start;
            if (searched >= ChainedLine.MaximumLength)
            {
                // Nothing of it will be used: let it go and look for its end.
                skipped += searched;
                _start = _end = searched = 0;
            }

            if (!await FillAsync(cancellationToken))
            {
                TornBytes = skipped + _end - _start;
                return null;
            }
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var room = (int)Math.Min(_buffer.Length - _end, _length - _read);
        if (room <= 0) return false;
        var count = await RandomAccess.ReadAsync(_file, _buffer.AsMemory(_end, room), _read, cancellationToken);
        _end += count;
        _read += count;
        return count > 0;
    }
}
