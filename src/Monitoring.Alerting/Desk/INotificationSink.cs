using Monitoring.Core;

namespace Monitoring.Alerting;

/// <summary>
/// Takes what is owed to whoever must know. It may get the same notification any number of times, also after a restart, and keeps it once by
/// its incident's key and its sequence. Those of one incident come in the order of their sequences.
/// </summary>
public interface INotificationSink
{
    /// <summary>Takes notifications. When the task completes all of them are durable, and the hub forgets them.</summary>
    /// <exception cref="IOException">None or not all were taken; they are given again later.</exception>
    Task TakeAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken);
}
