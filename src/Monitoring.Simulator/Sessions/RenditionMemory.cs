namespace Monitoring.Simulator;

/// <summary>The renditions of one session: the last 12 files of each of at most 32 directories (one per profile), as an orchestrator remembers them.</summary>
internal sealed class RenditionMemory
{
    public const int FilesPerDirectory = 12;
    public const int Directories = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<(string File, ReadOnlyMemory<byte> Bytes)>> _directories = [];
    private readonly Queue<string> _order = new();

    public void Save(string directory, string file, ReadOnlyMemory<byte> bytes)
    {
        lock (_lock)
        {
            if (!_directories.TryGetValue(directory, out var files))
            {
                if (_directories.Count == Directories) _directories.Remove(_order.Dequeue());
                files = _directories[directory] = [];
                _order.Enqueue(directory);
            }

            files.RemoveAll(f => f.File == file);
            if (files.Count == FilesPerDirectory) files.RemoveAt(0);
            files.Add((file, bytes));
        }
    }

    public ReadOnlyMemory<byte>? Find(string directory, string file)
    {
        lock (_lock)
        {
            if (!_directories.TryGetValue(directory, out var files)) return null;
            foreach (var saved in files)
            {
                if (saved.File == file) return saved.Bytes;
            }

            return null;
        }
    }
}
