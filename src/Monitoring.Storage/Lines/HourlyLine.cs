using System.Text.Json;
using System.Text.Json.Serialization;
using Monitoring.Core;

namespace Monitoring.Storage.Lines;

/// <summary>The first line of a day's hourly sums: what they were made of.</summary>
internal sealed class HourlyHeaderLine
{
    /// <summary>Bytes of the outcomes that were folded. While the day's outcomes have another length, the sums are stale.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required long SourceLength { get; init; }

    /// <summary>The last hash of those outcomes.</summary>
    public required string? SourceHash { get; init; }

    /// <summary>How many lines follow.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required int Rows { get; init; }
}

/// <summary>An <see cref="HourlySums"/> as it is stored.</summary>
internal sealed class HourlyLine
{
    public required string? Orchestrator { get; init; }
    public required string? Region { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required DateTime Hour { get; init; }

    public string? Method { get; init; }
    public long Received { get; init; }
    public long Expected { get; init; }
    public long DurationMicros { get; init; }
    public long RoundTripMicros { get; init; }
    public int Tests { get; init; }
    public int Planned { get; init; }

    public static byte[] Write(HourlySums sums) => JsonSerializer.SerializeToUtf8Bytes(
        new HourlyLine
        {
            Orchestrator = sums.Orchestrator.Text,
            Region = sums.Region.Code,
            Hour = StoredText.Time(sums.Hour),
            Method = StoredText.OrNull(sums.Method),
            Received = sums.Sums.Received,
            Expected = sums.Sums.Expected,
            DurationMicros = sums.Sums.DurationMicros,
            RoundTripMicros = sums.Sums.RoundTripMicros,
            Tests = sums.Tests,
            Planned = sums.Planned,
        },
        StoredJson.Default.HourlyLine);

    public static HourlySums Read(ReadOnlySpan<byte> record)
    {
        var line = JsonSerializer.Deserialize(record, StoredJson.Default.HourlyLine) ?? throw new JsonException("The record is null.");
        return new HourlySums(
            StoredText.Orchestrator(line.Orchestrator), StoredText.Region(line.Region), StoredText.Time(line.Hour), line.Method ?? "",
            new ScoreSums(line.Received, line.Expected, line.DurationMicros, line.RoundTripMicros), line.Tests, line.Planned);
    }
}
