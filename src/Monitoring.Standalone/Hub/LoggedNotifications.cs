using Microsoft.Extensions.Logging;
using Monitoring.Alerting;
using Monitoring.Core;

namespace Monitoring.Standalone.Hub;

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
