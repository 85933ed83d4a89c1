namespace Monitoring.Alerting.Tests;

/// <summary>Incidents to be told of.</summary>
internal static class Incidents
{
    public static DateTimeOffset Start { get; } = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public static OrchestratorId Orchestrator(int number) => OrchestratorId.Parse($"0x{number:x40}");

    public static Notification Opened(int number = 1, int epoch = 1, Severity severity = Severity.Page, string summary = "It does not answer.") =>
        new(NotificationKind.Opened, 0, new Incident
        {
            Key = new IncidentKey(IncidentRule.OrchestratorDown, Orchestrator(number), RegionId.Parse("FRA"), epoch),
            Severity = severity,
            Since = Start - TimeSpan.FromMinutes(5),
            OpenedAt = Start,
            Summary = summary,
            Evidence = [new RegionEvidence(RegionId.Parse("FRA"), Start, "3 of 3 checks failed: Unreachable")],
        });

    public static Notification Changed(this Notification before, Severity? severity = null) => before with
    {
        Kind = NotificationKind.Changed, Sequence = before.Sequence + 1, Incident = before.Incident with { Severity = severity ?? before.Incident.Severity },
    };

    public static Notification Resolved(this Notification before, DateTimeOffset? at = null) => before with
    {
        Kind = NotificationKind.Resolved, Sequence = before.Sequence + 1, Incident = before.Incident with { ResolvedAt = at ?? Start + TimeSpan.FromMinutes(20) },
    };
}
