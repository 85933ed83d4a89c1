using Monitoring.Core;

namespace Monitoring.Cluster.Wire;

/// <summary>An <see cref="OrchestratorId"/> between silos: its text.</summary>
[GenerateSerializer]
[Alias("monitoring.orchestrator-id")]
[Immutable]
internal struct OrchestratorIdWire
{
    [Id(0)]
    public string Text;
}

/// <summary>A <see cref="RegionId"/> between silos: its code.</summary>
[GenerateSerializer]
[Alias("monitoring.region-id")]
[Immutable]
internal struct RegionIdWire
{
    [Id(0)]
    public string Code;
}

/// <summary>A <see cref="TestId"/> between silos: its text.</summary>
[GenerateSerializer]
[Alias("monitoring.test-id")]
[Immutable]
internal struct TestIdWire
{
    [Id(0)]
    public string Text;
}

[RegisterConverter]
internal sealed class OrchestratorIdConverter : IConverter<OrchestratorId, OrchestratorIdWire>
{
    public OrchestratorId ConvertFromSurrogate(in OrchestratorIdWire surrogate) => OrchestratorId.Parse(surrogate.Text);

    public OrchestratorIdWire ConvertToSurrogate(in OrchestratorId value) => new() { Text = value.Text };
}

[RegisterConverter]
internal sealed class RegionIdConverter : IConverter<RegionId, RegionIdWire>
{
    public RegionId ConvertFromSurrogate(in RegionIdWire surrogate) => RegionId.Parse(surrogate.Code);

    public RegionIdWire ConvertToSurrogate(in RegionId value) => new() { Code = value.Code };
}

[RegisterConverter]
internal sealed class TestIdConverter : IConverter<TestId, TestIdWire>
{
    public TestId ConvertFromSurrogate(in TestIdWire surrogate) => TestId.Parse(surrogate.Text);

    public TestIdWire ConvertToSurrogate(in TestId value) => new() { Text = value.Text };
}
