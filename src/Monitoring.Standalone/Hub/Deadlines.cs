using Monitoring.Core;

namespace Monitoring.Standalone.Hub;

/// <summary>The next instant at which each orchestrator wants to be ticked.</summary>
internal sealed class Deadlines
{
    private readonly PriorityQueue<OrchestratorId, DateTimeOffset> _queue = new();
    private readonly Dictionary<OrchestratorId, DateTimeOffset> _armed = [];

    /// <summary>The earliest deadline, or null.</summary>
    public DateTimeOffset? Next
    {
        get
        {
            DropOutdated();
            return _queue.TryPeek(out _, out var at) ? at : null;
        }
    }

    /// <summary>Sets the deadline of an orchestrator, in place of the one it had.</summary>
    public void Arm(OrchestratorId id, DateTimeOffset at)
    {
        if (_armed.TryGetValue(id, out var known) && known == at) return;
        _armed[id] = at;
        _queue.Enqueue(id, at);
    }

    /// <summary>Takes out everybody whose deadline has come.</summary>
    public List<OrchestratorId> Due(DateTimeOffset now)
    {
        var due = new List<OrchestratorId>();
        while (_queue.TryPeek(out var id, out var at) && at <= now)
        {
            _queue.Dequeue();
            if (!_armed.TryGetValue(id, out var armed) || armed != at) continue;
            _armed.Remove(id);
            due.Add(id);
        }

        return due;
    }

    private void DropOutdated()
    {
        while (_queue.TryPeek(out var id, out var at) && (!_armed.TryGetValue(id, out var armed) || armed != at)) _queue.Dequeue();
    }
}
