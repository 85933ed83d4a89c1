using System.Text.Json;
using System.Text.Json.Serialization;
using Monitoring.Core;

namespace Monitoring.Storage.Lines;

/// <summary>A <see cref="TestResult"/> as a region spools it.</summary>
internal sealed class ResultLine
{
    public required string? Test { get; init; }
    public required string? Orchestrator { get; init; }
    public required string? Region { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required DateTime PlannedAt { get; init; }

    public required string? Code { get; init; }
    public string? Detail { get; init; }
    public required SummaryLine? Summary { get; init; }
    public EvidenceBody? Evidence { get; init; }
    public string? Lease { get; init; }

    /// <summary>The bytes of a result.</summary>
    public static byte[] Write(TestResult result) => JsonSerializer.SerializeToUtf8Bytes(
        new ResultLine
        {
            Test = result.Id.Text,
            Orchestrator = result.Orchestrator.Text,
            Region = result.Region.Code,
            PlannedAt = StoredText.Time(result.PlannedAt),
            Code = StoredText.Code(result.Outcome.Code),
            Detail = StoredText.OrNull(result.Outcome.Detail),
            Summary = SummaryLine.From(result.Summary),
            Evidence = EvidenceBody.From(result.Evidence),
            Lease = StoredText.OrNull(result.Lease),
        },
        StoredJson.Default.ResultLine);

    /// <summary>Reads a result.</summary>
    /// <exception cref="JsonException">The bytes are none.</exception>
    public static TestResult Read(ReadOnlySpan<byte> record)
    {
        var line = JsonSerializer.Deserialize(record, StoredJson.Default.ResultLine) ?? throw new JsonException("The record is null.");
        return new TestResult
        {
            Id = StoredText.Test(line.Test),
            Orchestrator = StoredText.Orchestrator(line.Orchestrator),
            Region = StoredText.Region(line.Region),
            PlannedAt = StoredText.Time(line.PlannedAt),
            Outcome = StoredText.Outcome(line.Code, line.Detail),
            Summary = (line.Summary ?? throw new JsonException("The summary is null.")).To(),
            Evidence = line.Evidence?.To() ?? TestEvidence.None,
            Lease = line.Lease ?? "",
        };
    }
}
