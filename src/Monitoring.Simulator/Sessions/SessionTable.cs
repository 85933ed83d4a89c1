namespace Monitoring.Simulator;

/// <summary>The open sessions of one run of a node, never more than its limit.</summary>
internal sealed class SessionTable(int maxSessions, TimeProvider clock, CounterBoard counters) : IDisposable
{
    /// <summary>A session counts as a running test for this long after its last segment; two segments of the clip.</summary>
    private static readonly TimeSpan TestPause = TimeSpan.FromSeconds(4);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TranscodingSession> _sessions = [];
    private bool _closed;

    /// <summary>Whether a segment of that session would be taken: it is open already, or there is room for one more.</summary>
    public bool HasRoomFor(string? id)
    {
        lock (_lock) return (id is not null && _sessions.ContainsKey(id)) || _sessions.Count < maxSessions;
    }

    /// <summary>The session of that id, opened if need be; null when there is no room.</summary>
    public TranscodingSession? Open(string id)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            if (_sessions.TryGetValue(id, out var session))
            {
                session.Touch(now);
                return session;
            }

            if (_closed || _sessions.Count >= maxSessions) return null;
            var overlaps = _sessions.Values.Any(other => other.IsWorking || now - other.LastActivity < TestPause);
            session = _sessions[id] = new TranscodingSession(id, clock, Idled);
            counters.SessionOpened(_sessions.Count, overlaps);
            return session;
        }
    }

    public TranscodingSession? Find(string id)
    {
        lock (_lock) return _sessions.GetValueOrDefault(id);
    }

    public void End(string id)
    {
        lock (_lock)
        {
            if (!_sessions.Remove(id, out var session)) return;
            session.Dispose();
            counters.SessionsLeft(_sessions.Count, 1);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            foreach (var session in _sessions.Values) session.Dispose();
            counters.SessionsLeft(0, _sessions.Count);
            _sessions.Clear();
        }
    }

    private void Idled(TranscodingSession session)
    {
        lock (_lock)
        {
            if (!_sessions.TryGetValue(session.Id, out var open) || open != session) return;
            var now = clock.GetUtcNow();
            if (session.IsWorking || now - session.LastActivity < FleetOptions.SessionIdleLimit)
            {
                // A segment came between the timer's firing and this lock.
                session.Touch(session.IsWorking ? now : session.LastActivity);
                return;
            }

            End(session.Id);
        }
    }
}
