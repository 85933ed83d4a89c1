using System.Globalization;
using Monitoring.Core;

namespace Monitoring.Alerting;

/// <summary>
/// What every channel says of an incident, as plain facts. <see cref="Summary"/> and the evidence may hold a stranger's words: cleaned and cut,
/// but still to be made harmless for the receiver's own markup.
/// </summary>
internal sealed record AlertFacts
{
    private const int MostEvidence = 32;

    private AlertFacts(Notification notification, AlertLinks links)
    {
        var incident = notification.Incident;
        Notification = notification;
        State = notification.Kind == NotificationKind.Resolved ? "RESOLVED" : incident.Severity switch { Severity.Page => "PAGE", Severity.Warning => "WARNING", _ => "INFO" };
        Subject = incident.Key.Orchestrator?.Text ?? (incident.Key.Region is { } own ? $"region {own.Code}" : "the monitor");
        Scope = incident.Key.Region?.Code ?? "all regions";
        Summary = Outcome.Clean(incident.Summary);
        Evidence = incident.Evidence.IsDefault ? [] : [.. incident.Evidence.Take(MostEvidence).Select(e => e with { Text = Outcome.Clean(e.Text) })];
        Page = links.PageOf(incident);
        Runbook = links.RunbookOf(incident);
    }

    public Notification Notification { get; }

    public Incident Incident => Notification.Incident;

    public bool IsOver => Notification.Kind == NotificationKind.Resolved;

    /// <summary>PAGE, WARNING, INFO or RESOLVED.</summary>
    public string State { get; }

    /// <summary>Whose trouble it is: the orchestrator's address, or ours.</summary>
    public string Subject { get; }

    public string Scope { get; }

    public string Summary { get; }

    public ImmutableArray<RegionEvidence> Evidence { get; }

    public string? Page { get; }

    public string? Runbook { get; }

    /// <summary>One line of our own words alone: <c>[PAGE] OrchestratorDown: 0x... (FRA)</c>.</summary>
    public string Title => $"[{State}] {Incident.Key.Rule}: {Subject} ({Scope})";

    /// <summary>Since when, until when: our own words.</summary>
    public string Times => IsOver && Incident.ResolvedAt is { } end
        ? $"since {Instant(Incident.Since)}, resolved {Instant(end)}"
        : $"since {Instant(Incident.Since)}";

    public static AlertFacts Of(Notification notification, AlertLinks links) => new(notification, links);

    public static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
