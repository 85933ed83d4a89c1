namespace Monitoring.Storage.Journal;

/// <summary>
/// Collects faults, each once however often its file is read, and tells the host of each once. It holds at most <see cref="Most"/>; what
/// comes after is only counted, for a file of nothing but garbage must not fill the memory.
/// </summary>
internal sealed class FaultLog(Action<JournalFault>? onFault)
{
    public const int Most = 1000;
    private readonly Lock _lock = new();
    private readonly HashSet<(string File, long Offset, JournalFaultKind Kind)> _seen = [];
    private ImmutableArray<JournalFault> _faults = [];

    public ImmutableArray<JournalFault> All
    {
        get
        {
            lock (_lock) return _faults;
        }
    }

    public void Report(JournalFault fault)
    {
        lock (_lock)
        {
            if (_faults.Length >= Most || !_seen.Add((fault.File, fault.Offset, fault.Kind))) return;
            _faults = _faults.Add(fault);
        }

        onFault?.Invoke(fault);
    }
}
