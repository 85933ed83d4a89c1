using System.Text.Json;
using System.Text.Json.Serialization;
using Monitoring.Core;

namespace Monitoring.Storage.Lines;

/// <summary>A <see cref="Notification"/> as it is stored.</summary>
internal sealed class NotificationLine
{
    public required string? Kind { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required int Sequence { get; init; }

    public required string? Rule { get; init; }
    public string? Orchestrator { get; init; }
    public string? Region { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required int Epoch { get; init; }

    public required string? Severity { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required DateTime Since { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required DateTime OpenedAt { get; init; }

    public DateTime? ResolvedAt { get; init; }
    public string? Summary { get; init; }
    public EvidenceOfRegionLine?[]? Evidence { get; init; }

    public static NotificationLine From(Notification notification)
    {
        var incident = notification.Incident;
        return new NotificationLine
        {
            Kind = notification.Kind.ToString(),
            Sequence = notification.Sequence,
            Rule = incident.Key.Rule.ToString(),
            Orchestrator = incident.Key.Orchestrator?.Text,
            Region = incident.Key.Region?.Code,
            Epoch = incident.Key.Epoch,
            Severity = incident.Severity.ToString(),
            Since = StoredText.Time(incident.Since),
            OpenedAt = StoredText.Time(incident.OpenedAt),
            ResolvedAt = incident.ResolvedAt?.UtcDateTime,
            Summary = StoredText.OrNull(incident.Summary),
            Evidence = StoredText.EachOrNull(
                incident.Evidence, EvidenceOfRegionLine? (e) => new EvidenceOfRegionLine { Region = e.Region.Code, At = StoredText.Time(e.At), Text = StoredText.OrNull(e.Text) }),
        };
    }

    public Notification To() => new(
        Word<NotificationKind>(Kind),
        Sequence,
        new Incident
        {
            Key = new IncidentKey(
                Word<IncidentRule>(Rule), Orchestrator is null ? null : StoredText.Orchestrator(Orchestrator), Region is null ? null : StoredText.Region(Region), Epoch),
            Severity = Word<Severity>(Severity),
            Since = StoredText.Time(Since),
            OpenedAt = StoredText.Time(OpenedAt),
            ResolvedAt = ResolvedAt is { } end ? StoredText.Time(end) : null,
            Summary = Summary ?? "",
            Evidence = StoredText.Each(Evidence, e => new RegionEvidence(StoredText.Region(e.Region), StoredText.Time(e.At), e.Text ?? "")),
        });

    private static T Word<T>(string? text) where T : struct, Enum =>
        text is { Length: > 0 } && char.IsAsciiLetter(text[0]) && Enum.TryParse<T>(text, out var word) && Enum.IsDefined(word)
            ? word
            : throw new JsonException($"The {typeof(T).Name} of a notification is unknown.");
}

/// <summary>A <see cref="RegionEvidence"/> as it is stored.</summary>
internal sealed class EvidenceOfRegionLine
{
    public required string? Region { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required DateTime At { get; init; }

    public string? Text { get; init; }
}
