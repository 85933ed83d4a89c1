using Monitoring.Core;

namespace Monitoring.Standalone.Hub;

/// <summary>
/// Notifications on their way to the sink: in order, each once, one batch at a time. What the sink refuses goes again a little later. Used by
/// the hub's loop alone.
/// </summary>
internal sealed class Outgoing(TimeSpan retry)
{
    private const int MostAtOnce = 100;
    private readonly Dictionary<(IncidentKey, int), Notification> _known = [];
    private readonly List<Notification> _waiting = [];
    private bool _isGiving;
    private DateTimeOffset _retryAt;

    /// <summary>When there is something to give; null for nothing.</summary>
    public DateTimeOffset? NextAt => _isGiving || _waiting.Count == 0 ? null : _retryAt;

    /// <summary>Owed; the same again changes nothing.</summary>
    public void Add(Notification notification)
    {
        if (_known.TryAdd((notification.Incident.Key, notification.Sequence), notification)) _waiting.Add(notification);
    }

    /// <summary>The next batch, which is then on its way until <see cref="Taken"/> or <see cref="Refused"/>; empty while there is none to give.</summary>
    public ImmutableArray<Notification> Next(DateTimeOffset now)
    {
        if (_isGiving || _waiting.Count == 0 || now < _retryAt) return [];
        _isGiving = true;
        return [.. _waiting.Take(MostAtOnce)];
    }

    /// <summary>The sink has them.</summary>
    public void Taken(ImmutableArray<Notification> batch)
    {
        _isGiving = false;
        _waiting.RemoveRange(0, batch.Length);
        foreach (var n in batch) _known.Remove((n.Incident.Key, n.Sequence));
    }

    /// <summary>The sink has not taken them all.</summary>
    public void Refused(DateTimeOffset now)
    {
        _isGiving = false;
        _retryAt = now + retry;
    }
}
