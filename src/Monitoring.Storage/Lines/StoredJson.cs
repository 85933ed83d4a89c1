using System.Text.Json;
using System.Text.Json.Serialization;

namespace Monitoring.Storage.Lines;

/// <summary>
/// The JSON of stored records. Fields stand in the order of their declaration, nothing that is zero, empty or absent is written (except what
/// a record cannot be without), and all but ASCII is escaped, so the same value is always the same bytes. Unknown fields are ignored.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    WriteIndented = false)]
[JsonSerializable(typeof(OutcomeLine))]
[JsonSerializable(typeof(EvidenceLine))]
[JsonSerializable(typeof(ResultLine))]
[JsonSerializable(typeof(HourlyHeaderLine))]
[JsonSerializable(typeof(HourlyLine))]
[JsonSerializable(typeof(StateLine))]
[JsonSerializable(typeof(NotificationLine))]
[JsonSerializable(typeof(OwedLine))]
[JsonSerializable(typeof(TakenIncidentLine))]
internal sealed partial class StoredJson : JsonSerializerContext;
