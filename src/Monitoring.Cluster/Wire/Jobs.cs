using System.Globalization;
using System.Numerics;
using Monitoring.Core;

namespace Monitoring.Cluster.Wire;

/// <summary>A <see cref="TestJob"/> between silos.</summary>
[GenerateSerializer]
[Alias("monitoring.test-job")]
[Immutable]
internal struct TestJobWire
{
    [Id(0)]
    public TestId Id;

    [Id(1)]
    public OrchestratorId Orchestrator;

    [Id(2)]
    public RegionId Region;

    [Id(3)]
    public string ServiceUri;

    [Id(4)]
    public DateTimeOffset NotBefore;

    [Id(5)]
    public DateTimeOffset NotAfter;

    [Id(6)]
    public DateTimeOffset Deadline;

    /// <summary>Wei in decimal digits; null where nothing may be spent.</summary>
    [Id(7)]
    public string? Allowance;

    /// <summary>The seal on the lease; empty or null where there is none.</summary>
    [Id(8)]
    public string? Lease;
}

/// <summary>An <see cref="OrchestratorRecord"/> between silos.</summary>
[GenerateSerializer]
[Alias("monitoring.orchestrator-record")]
[Immutable]
internal struct OrchestratorRecordWire
{
    [Id(0)]
    public string ServiceUri;

    [Id(1)]
    public bool Verified;

    [Id(2)]
    public string Endpoint;

    [Id(3)]
    public int Index;

    [Id(4)]
    public int Count;

    [Id(5)]
    public ImmutableArray<MaintenanceWire> Maintenance;
}

/// <summary>A <see cref="MaintenanceWindow"/> between silos.</summary>
[GenerateSerializer]
[Alias("monitoring.maintenance")]
[Immutable]
internal struct MaintenanceWire
{
    [Id(0)]
    public DateTimeOffset From;

    [Id(1)]
    public DateTimeOffset Until;
}

[RegisterConverter]
internal sealed class TestJobConverter : IConverter<TestJob, TestJobWire>
{
    public TestJob ConvertFromSurrogate(in TestJobWire surrogate) => new()
    {
        Id = surrogate.Id,
        Orchestrator = surrogate.Orchestrator,
        Region = surrogate.Region,
        ServiceUri = surrogate.ServiceUri,
        NotBefore = surrogate.NotBefore,
        NotAfter = surrogate.NotAfter,
        Deadline = surrogate.Deadline,
        Allowance = surrogate.Allowance is { } wei ? BigInteger.Parse(wei, CultureInfo.InvariantCulture) : null,
        Lease = surrogate.Lease ?? "",
    };

    public TestJobWire ConvertToSurrogate(in TestJob value) => new()
    {
        Id = value.Id,
        Orchestrator = value.Orchestrator,
        Region = value.Region,
        ServiceUri = value.ServiceUri,
        NotBefore = value.NotBefore,
        NotAfter = value.NotAfter,
        Deadline = value.Deadline,
        Allowance = value.Allowance?.ToString(CultureInfo.InvariantCulture),
        Lease = value.Lease.Length == 0 ? null : value.Lease,
    };
}

[RegisterConverter]
internal sealed class OrchestratorRecordConverter : IConverter<OrchestratorRecord, OrchestratorRecordWire>
{
    public OrchestratorRecord ConvertFromSurrogate(in OrchestratorRecordWire surrogate) =>
        new(surrogate.ServiceUri, surrogate.Verified, new SlotShare(surrogate.Endpoint, surrogate.Index, surrogate.Count))
        {
            Maintenance = surrogate.Maintenance.IsDefault ? [] : [.. surrogate.Maintenance.Select(m => new MaintenanceWindow(m.From, m.Until))],
        };

    public OrchestratorRecordWire ConvertToSurrogate(in OrchestratorRecord value) => new()
    {
        ServiceUri = value.ServiceUri,
        Verified = value.Verified,
        Endpoint = value.Share.Endpoint,
        Index = value.Share.Index,
        Count = value.Share.Count,
        Maintenance = [.. value.Maintenance.Select(m => new MaintenanceWire { From = m.From, Until = m.Until })],
    };
}
