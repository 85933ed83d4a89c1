using System.Text.Json;
using System.Text.Json.Serialization;
using Monitoring.Core;

namespace Monitoring.Storage.Lines;

/// <summary>An <see cref="OutcomeRevision"/> as it is stored.</summary>
internal sealed class OutcomeLine
{
    public required string? Test { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required int Revision { get; init; }

    public required string? Orchestrator { get; init; }
    public required string? Region { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required DateTime TestTime { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required DateTime RecordedAt { get; init; }
    public required string? Code { get; init; }
    public string? Detail { get; init; }
    public SummaryLine? Summary { get; init; }

    /// <summary>The bytes of a revision.</summary>
    /// <exception cref="ArgumentException">It holds a number that JSON does not have, or an undefined code.</exception>
    public static byte[] Write(OutcomeRevision revision) => JsonSerializer.SerializeToUtf8Bytes(
        new OutcomeLine
        {
            Test = revision.Test.Text,
            Revision = revision.Revision,
            Orchestrator = revision.Orchestrator.Text,
            Region = revision.Region.Code,
            TestTime = StoredText.Time(revision.TestTime),
            RecordedAt = StoredText.Time(revision.RecordedAt),
            Code = StoredText.Code(revision.Outcome.Code),
            Detail = StoredText.OrNull(revision.Outcome.Detail),
            Summary = revision.Summary is { } summary ? SummaryLine.From(summary) : null,
        },
        StoredJson.Default.OutcomeLine);

    /// <summary>Reads a revision.</summary>
    /// <exception cref="JsonException">The bytes are none.</exception>
    public static OutcomeRevision Read(ReadOnlySpan<byte> record)
    {
        var line = JsonSerializer.Deserialize(record, StoredJson.Default.OutcomeLine) ?? throw new JsonException("The record is null.");
        if (line.Revision < 0) throw new JsonException("The revision is negative.");
        return new OutcomeRevision
        {
            Test = StoredText.Test(line.Test),
            Revision = line.Revision,
            Orchestrator = StoredText.Orchestrator(line.Orchestrator),
            Region = StoredText.Region(line.Region),
            TestTime = StoredText.Time(line.TestTime),
            RecordedAt = StoredText.Time(line.RecordedAt),
            Outcome = StoredText.Outcome(line.Code, line.Detail),
            Summary = line.Summary?.To(),
        };
    }
}
