using System.Text.Json;
using System.Text.Json.Serialization;
using Monitoring.Core;

namespace Monitoring.Storage.Lines;

/// <summary>An <see cref="OwedDelivery"/>, or a <see cref="DeadLetter"/> where it has an end, as it is stored.</summary>
internal sealed class OwedLine
{
    public required string? Channel { get; init; }
    public string? Route { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required DateTime AcceptedAt { get; init; }

    public int Attempts { get; init; }
    public DateTime? NotBefore { get; init; }
    public string? Trouble { get; init; }
    public DateTime? DeadAt { get; init; }
    public int Status { get; init; }
    public required NotificationLine? Notification { get; init; }

    public static string Write(OwedDelivery delivery) => JsonSerializer.Serialize(From(delivery, null, 0), StoredJson.Default.OwedLine);

    public static string Write(DeadLetter letter) =>
        JsonSerializer.Serialize(From(letter.Delivery with { Trouble = letter.Why }, letter.At, letter.Status), StoredJson.Default.OwedLine);

    /// <exception cref="JsonException">The text is none.</exception>
    public static OwedDelivery ReadOwed(string json) => Read(json).To();

    /// <exception cref="JsonException">The text is none.</exception>
    public static DeadLetter ReadDead(string json)
    {
        var line = Read(json);
        return new DeadLetter(line.To(), StoredText.Time(line.DeadAt ?? throw new JsonException("A dead letter has no end.")), line.Status, line.Trouble ?? "");
    }

    private static OwedLine From(OwedDelivery delivery, DateTimeOffset? deadAt, int status) => new()
    {
        Channel = delivery.Channel,
        Route = StoredText.OrNull(delivery.Route),
        AcceptedAt = StoredText.Time(delivery.AcceptedAt),
        Attempts = delivery.Attempts,
        NotBefore = delivery.NotBefore?.UtcDateTime,
        Trouble = StoredText.OrNull(delivery.Trouble),
        DeadAt = deadAt?.UtcDateTime,
        Status = status,
        Notification = NotificationLine.From(delivery.Notification),
    };

    private static OwedLine Read(string json) => JsonSerializer.Deserialize(json, StoredJson.Default.OwedLine) ?? throw new JsonException("The record is null.");

    private OwedDelivery To() => new()
    {
        Channel = Channel ?? "",
        Route = Route ?? "",
        AcceptedAt = StoredText.Time(AcceptedAt),
        Attempts = Attempts,
        NotBefore = NotBefore is { } instant ? StoredText.Time(instant) : null,
        Trouble = Trouble ?? "",
        Notification = (Notification ?? throw new JsonException("A delivery has no notification.")).To(),
    };
}

/// <summary>What is remembered of an incident: which of its notifications were taken, and who was told.</summary>
internal sealed class TakenIncidentLine
{
    /// <summary>All sequences below this one were taken.</summary>
    public int Below { get; init; }

    /// <summary>Sequences above it that were taken.</summary>
    public int[]? Beyond { get; init; }

    /// <summary>Who was told: channel and route in turn.</summary>
    public string[]? Told { get; init; }

    public bool IsOver { get; init; }

    /// <summary>When the incident was opened. Another instant under the same key is another incident: its epochs were counted anew.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required DateTime OpenedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required DateTime At { get; init; }

    public string Write() => JsonSerializer.Serialize(this, StoredJson.Default.TakenIncidentLine);

    /// <exception cref="JsonException">The text is none.</exception>
    public static TakenIncidentLine Read(string json) =>
        JsonSerializer.Deserialize(json, StoredJson.Default.TakenIncidentLine) ?? throw new JsonException("The record is null.");
}
