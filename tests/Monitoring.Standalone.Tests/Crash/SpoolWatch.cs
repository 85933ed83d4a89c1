using System.Collections.Concurrent;

namespace Monitoring.Standalone.Tests.Crash;

/// <summary>Sees every result that is put into a spool, however soon it leaves it: each must be found in the journal at the end.</summary>
internal sealed class SpoolWatch : IDisposable
{
    private readonly FileSystemWatcher _watcher;
    private readonly ConcurrentDictionary<string, bool> _seen = new();
    private TaskCompletionSource _next = New();

    public SpoolWatch(string folder)
    {
        _watcher = new FileSystemWatcher(folder, "*.json") { IncludeSubdirectories = true };
        _watcher.Renamed += (_, e) =>
        {
            _seen[Path.GetFileNameWithoutExtension(e.Name!)[17..]] = true;
            Interlocked.Exchange(ref _next, New()).TrySetResult();
        };
        _watcher.EnableRaisingEvents = true;
    }

    /// <summary>The tests whose results were spooled.</summary>
    public ICollection<string> Seen => _seen.Keys;

    /// <summary>Waits for the next one.</summary>
    public Task NextAsync(CancellationToken cancellationToken) => Volatile.Read(ref _next).Task.WaitAsync(cancellationToken);

    public void Dispose() => _watcher.Dispose();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
