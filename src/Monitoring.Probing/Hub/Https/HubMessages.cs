using System.Text.Json;
using System.Text.Json.Serialization;
using Monitoring.Core;

namespace Monitoring.Probing;

/// <summary>Body of <see cref="HubWire.Lease"/>.</summary>
public sealed class LeaseMessage
{
    /// <summary>Free workers, 1 and up.</summary>
    public required int Workers { get; init; }

    /// <summary>The longest wait, milliseconds.</summary>
    public int WaitMilliseconds { get; init; }

    /// <summary>True for a region without a wallet. One that does not say so gets an allowance for each test.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Unpaid { get; init; }
}

/// <summary>Answer of <see cref="HubWire.Lease"/>.</summary>
public sealed class JobsMessage
{
    /// <summary>The jobs, in order of their planned instants.</summary>
    public required JobMessage[] Jobs { get; init; }
}

/// <summary>A <see cref="TestJob"/> as it travels; its region is the one that asked. Instants are RFC 3339, UTC.</summary>
public sealed class JobMessage
{
    /// <summary>See <see cref="TestJob.Id"/>.</summary>
    public required TestId Test { get; init; }

    /// <summary>See <see cref="TestJob.Orchestrator"/>.</summary>
    public required OrchestratorId Orchestrator { get; init; }

    /// <summary>See <see cref="TestJob.ServiceUri"/>.</summary>
    public required string ServiceUri { get; init; }

    /// <summary>See <see cref="TestJob.NotBefore"/>.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>See <see cref="TestJob.NotAfter"/>.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>See <see cref="TestJob.Deadline"/>.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>See <see cref="TestJob.Allowance"/>: wei as decimal digits; absent where nothing may be spent.</summary>
    [JsonConverter(typeof(WeiJson))]
    public System.Numerics.BigInteger? Allowance { get; init; }

    /// <summary>See <see cref="TestJob.Lease"/>.</summary>
    public string Lease { get; init; } = "";

    /// <summary>A job as it travels.</summary>
    public static JobMessage Of(TestJob job) => new()
    {
        Test = job.Id,
        Orchestrator = job.Orchestrator,
        ServiceUri = job.ServiceUri,
        NotBefore = job.NotBefore.ToUniversalTime(),
        NotAfter = job.NotAfter.ToUniversalTime(),
        Deadline = job.Deadline.ToUniversalTime(),
        Allowance = job.Allowance,
        Lease = job.Lease,
    };

    /// <summary>The job.</summary>
    /// <param name="region">The region that asked.</param>
    public TestJob To(RegionId region) => new()
    {
        Id = Test,
        Orchestrator = Orchestrator,
        Region = region,
        ServiceUri = ServiceUri,
        NotBefore = NotBefore,
        NotAfter = NotAfter,
        Deadline = Deadline,
        Allowance = Allowance,
        Lease = Lease,
    };
}

/// <summary>Body of <see cref="HubWire.Extend"/>.</summary>
public sealed class ExtendMessage
{
    /// <summary>The test.</summary>
    public required TestId Test { get; init; }
}

/// <summary>Answer of <see cref="HubWire.Extend"/>.</summary>
public sealed class ExtendedMessage
{
    /// <summary>False when the hub has given the test up.</summary>
    public required bool Extended { get; init; }
}

/// <summary>Body of <see cref="HubWire.Return"/>.</summary>
public sealed class ReturnMessage
{
    /// <summary>The test.</summary>
    public required TestId Test { get; init; }

    /// <summary>Why it was not run: a code of class not run.</summary>
    public required OutcomeCode Reason { get; init; }
}

/// <summary>Answer of <see cref="HubWire.Report"/>, whose body is the result as a region spools it (<see cref="Storage.SpoolFormat.TestResult"/>).</summary>
public sealed class ReportedMessage
{
    /// <summary>See <see cref="ReportAnswer.Accepted"/>.</summary>
    public required bool Accepted { get; init; }

    /// <summary>See <see cref="ReportAnswer.Reason"/>.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>Body of <see cref="HubWire.Orders"/>.</summary>
public sealed class OrdersMessage
{
    /// <summary>The version of the targets that the region has; 0 for none.</summary>
    public long Known { get; init; }

    /// <summary>The longest wait, milliseconds.</summary>
    public int WaitMilliseconds { get; init; }
}

/// <summary>An answer without anything in it.</summary>
public sealed class DoneMessage;

/// <summary>The answer to a request that was refused.</summary>
public sealed class RefusedMessage
{
    /// <summary>What was wrong and what to do.</summary>
    public string Error { get; init; } = "";
}

/// <summary>The JSON of the protocol: camel case, codes as their names, nothing that is null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 16)]
[JsonSerializable(typeof(LeaseMessage))]
[JsonSerializable(typeof(JobsMessage))]
[JsonSerializable(typeof(ExtendMessage))]
[JsonSerializable(typeof(ExtendedMessage))]
[JsonSerializable(typeof(ReturnMessage))]
[JsonSerializable(typeof(ReportedMessage))]
[JsonSerializable(typeof(OrdersMessage))]
[JsonSerializable(typeof(LivenessOrders))]
[JsonSerializable(typeof(LivenessReport))]
[JsonSerializable(typeof(RegionVitals))]
[JsonSerializable(typeof(DoneMessage))]
[JsonSerializable(typeof(RefusedMessage))]
public sealed partial class HubJson : JsonSerializerContext;
