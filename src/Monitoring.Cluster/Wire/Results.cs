using System.Text.Json;
using Monitoring.Core;
using Monitoring.Probing;
using Monitoring.Storage;

namespace Monitoring.Cluster.Wire;

/// <summary>A <see cref="TestResult"/> between silos: the bytes under which a region spools it, so that there is one format of a result.</summary>
[GenerateSerializer]
[Alias("monitoring.test-result")]
[Immutable]
internal struct TestResultWire
{
    [Id(0)]
    public byte[] Json;
}

/// <summary>An <see cref="OutcomeRevision"/> between silos, as JSON.</summary>
[GenerateSerializer]
[Alias("monitoring.outcome-revision")]
[Immutable]
internal struct OutcomeRevisionWire
{
    [Id(0)]
    public byte[] Json;
}

/// <summary>An <see cref="Outcome"/> between silos; the code by its name.</summary>
[GenerateSerializer]
[Alias("monitoring.outcome")]
[Immutable]
internal struct OutcomeWire
{
    [Id(0)]
    public string Code;

    [Id(1)]
    public string Detail;
}

/// <summary>A <see cref="ReportAnswer"/> between silos.</summary>
[GenerateSerializer]
[Alias("monitoring.report-answer")]
[Immutable]
internal struct ReportAnswerWire
{
    [Id(0)]
    public bool Accepted;

    [Id(1)]
    public string Reason;
}

[RegisterConverter]
internal sealed class TestResultConverter : IConverter<TestResult, TestResultWire>
{
    public TestResult ConvertFromSurrogate(in TestResultWire surrogate) => SpoolFormat.TestResult.Read(surrogate.Json);

    public TestResultWire ConvertToSurrogate(in TestResult value) => new() { Json = SpoolFormat.TestResult.Write(value) };
}

[RegisterConverter]
internal sealed class OutcomeRevisionConverter : IConverter<OutcomeRevision, OutcomeRevisionWire>
{
    public OutcomeRevision ConvertFromSurrogate(in OutcomeRevisionWire surrogate) =>
        JsonSerializer.Deserialize<OutcomeRevision>(surrogate.Json) ?? throw new JsonException("The revision is null.");

    public OutcomeRevisionWire ConvertToSurrogate(in OutcomeRevision value) => new() { Json = JsonSerializer.SerializeToUtf8Bytes(value) };
}

[RegisterConverter]
internal sealed class OutcomeConverter : IConverter<Outcome, OutcomeWire>
{
    public Outcome ConvertFromSurrogate(in OutcomeWire surrogate) => new(Enum.Parse<OutcomeCode>(surrogate.Code), surrogate.Detail);

    public OutcomeWire ConvertToSurrogate(in Outcome value) => new() { Code = value.Code.ToString(), Detail = value.Detail };
}

[RegisterConverter]
internal sealed class ReportAnswerConverter : IConverter<ReportAnswer, ReportAnswerWire>
{
    public ReportAnswer ConvertFromSurrogate(in ReportAnswerWire surrogate) => new(surrogate.Accepted, surrogate.Reason);

    public ReportAnswerWire ConvertToSurrogate(in ReportAnswer value) => new() { Accepted = value.Accepted, Reason = value.Reason };
}
