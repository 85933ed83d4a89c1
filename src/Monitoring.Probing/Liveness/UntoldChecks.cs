using Monitoring.Core;

namespace Monitoring.Probing;

/// <summary>Checks that the hub has not been told of yet, oldest first and bounded. Safe for concurrent use.</summary>
internal sealed class UntoldChecks(int most)
{
    private readonly Lock _lock = new();
    private readonly Queue<LivenessCheck> _checks = new();

    /// <summary>So many are untold.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _checks.Count;
        }
    }

    /// <summary>Keeps a check; the oldest goes when there are too many.</summary>
    public void Add(LivenessCheck check)
    {
        lock (_lock)
        {
            _checks.Enqueue(check);
            if (_checks.Count > most) _checks.Dequeue();
        }
    }

    /// <summary>The oldest, as many as fit in a report; they stay until <see cref="Told"/>.</summary>
    public ImmutableArray<LivenessCheck> Peek()
    {
        lock (_lock) return [.. _checks.Take(LivenessReport.MostChecks).OrderBy(c => c.At)];
    }

    /// <summary>Forgets those that were told.</summary>
    public void Told(ImmutableArray<LivenessCheck> told)
    {
        var gone = told.ToHashSet();
        lock (_lock)
        {
            while (_checks.TryPeek(out var first) && gone.Contains(first)) _checks.Dequeue();
        }
    }
}
