using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>How loudly somebody is told.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity
{
    /// <summary>To be read when convenient.</summary>
    Info,

    /// <summary>To be looked at within the day.</summary>
    Warning,

    /// <summary>Somebody is woken.</summary>
    Page,
}
