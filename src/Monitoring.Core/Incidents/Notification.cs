using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>What a notification says of its incident.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NotificationKind>))]
public enum NotificationKind
{
    /// <summary>It was opened.</summary>
    Opened,

    /// <summary>It lasts, and its severity or evidence changed.</summary>
    Changed,

    /// <summary>It is over.</summary>
    Resolved,
}

/// <summary>
/// What is owed to whoever must know: it is kept until the outbox has taken it. The outbox takes the same key and sequence once, and delivers
/// those of one incident in the order of their sequence.
/// </summary>
/// <param name="Kind">What it says.</param>
/// <param name="Sequence">0 for opened, then one more for each that follows.</param>
/// <param name="Incident">The incident as it stands now.</param>
public sealed record Notification(NotificationKind Kind, int Sequence, Incident Incident);
