using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>Whether an orchestrator answers, by all that is known.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AvailabilityPhase>))]
public enum AvailabilityPhase
{
    /// <summary>It answers.</summary>
    Up,

    /// <summary>It did not answer once; the other regions are asked at once.</summary>
    Suspect,

    /// <summary>It does not answer: often enough in a row, and in enough regions.</summary>
    Down,

    /// <summary>It answers again, not yet often enough to believe it.</summary>
    Recovering,
}
