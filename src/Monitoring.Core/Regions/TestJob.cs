using System.Numerics;
using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>A test as a region receives it. Instants are UTC by the hub's clock.</summary>
public sealed record TestJob
{
    /// <summary>The test.</summary>
    public required TestId Id { get; init; }

    /// <summary>Who is tested.</summary>
    public required OrchestratorId Orchestrator { get; init; }

    /// <summary>The region that tests.</summary>
    public required RegionId Region { get; init; }

    /// <summary>The address to dial, as the registry has it.</summary>
    public required string ServiceUri { get; init; }

    /// <summary>The planned instant: nothing starts before.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>Nothing starts after.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>The region stops sending at this instant. It lies before the decider's own deadline for the report.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>
    /// The most that the test may spend, wei of expected value, reserved by the hub before the lease; null where nothing may be spent at all
    /// (an off-chain network).
    /// </summary>
    [JsonConverter(typeof(WeiJson))]
    public BigInteger? Allowance { get; init; }

    /// <summary>The hub's seal on the lease (<see cref="LeaseSeal"/>), which goes back with the result; empty where region and hub are one process.</summary>
    public string Lease { get; init; } = "";
}
