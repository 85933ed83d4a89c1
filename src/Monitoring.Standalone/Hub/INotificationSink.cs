using Microsoft.Extensions.Logging;
using Monitoring.Core;

namespace Monitoring.Standalone.Hub;

/// <summary>
/// Takes what is owed to whoever must know. It may get the same notification any number of times, also after a restart, and keeps it once by
/// its incident's key and its sequence. Those of one incident come in the order of their sequences.
/// </summary>
internal interface INotificationSink
{
    /// <summary>Takes notifications. When the task completes all of them are durable, and the hub forgets them.</summary>
    /// <exception cref="IOException">None or not all were taken; they are given again later.</exception>
    Task TakeAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken);
}

/// <summary>Takes notifications where nobody else does: they are in the log.</summary>
internal sealed partial class LoggedNotifications(ILogger<LoggedNotifications> log) : INotificationSink
{
    /// <inheritdoc />
    public Task TakeAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken)
    {
        foreach (var n in notifications) LogNotification(n.Incident.Severity, n.Incident.Key.Text, n.Kind, n.Incident.Summary);
        return Task.CompletedTask;
    }

    [LoggerMessage(1101, LogLevel.Warning, "{Severity} {Incident} {Kind}: {Summary}")]
    private partial void LogNotification(Severity severity, string incident, NotificationKind kind, string summary);
}
