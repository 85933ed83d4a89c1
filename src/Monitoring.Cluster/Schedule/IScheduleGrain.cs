using System.Text.Json;
using Monitoring.Core;
using Monitoring.Web;
using Orleans.Concurrency;

namespace Monitoring.Cluster.Schedule;

/// <summary>
/// Keeps the master secret of the schedule, drawn once for the life of the cluster, and by which rules and for whom each day was planned.
/// Key 0.
/// </summary>
[Alias("monitoring.schedule")]
internal interface IScheduleGrain : IGrainWithIntegerKey
{
    /// <summary>The master secret, 32 bytes. For hub silos alone.</summary>
    [Alias("Master")]
    [ResponseTimeout("00:00:10")]
    Task<byte[]> Master();

    /// <summary>These rules are in force from now on, unless they are already. Written down when it completes.</summary>
    [Alias("Rule")]
    Task Rule(ScheduleRulesWire rules);

    /// <summary>Orchestrators' parts in the slots from now on, where they are others. Written down when it completes.</summary>
    [Alias("Share")]
    Task Share(ImmutableArray<SlotShareWire> shares);

    /// <summary>What is known of the days that are published, if it changed since.</summary>
    /// <param name="known">What the caller has: <see cref="PlanHistoryWire.Version"/>; 0 for nothing.</param>
    /// <param name="life">Of which life of the grain that is (<see cref="PlanHistoryWire.Life"/>); 0 of a caller that wants all or nothing.</param>
    /// <returns>Null when nothing changed.</returns>
    [Alias("History")]
    Task<PlanHistoryWire?> History(long known, long life = 0);
}

/// <summary>An orchestrator's part in the slots between silos.</summary>
[GenerateSerializer]
[Alias("monitoring.slot-share")]
[Immutable]
internal sealed class SlotShareWire
{
    [Id(0)]
    public required OrchestratorId Id { get; init; }

    /// <summary>Null for one that left.</summary>
    [Id(1)]
    public string? Endpoint { get; init; }

    [Id(2)]
    public int Index { get; init; }

    [Id(3)]
    public int Count { get; init; }
}

/// <summary>The rules of a <see cref="SchedulePolicy"/> that are published, between silos.</summary>
[GenerateSerializer]
[Alias("monitoring.schedule-rules")]
[Immutable]
internal sealed class ScheduleRulesWire
{
    [Id(0)]
    public required int TestsPerDay { get; init; }

    [Id(1)]
    public required ImmutableArray<RegionId> Regions { get; init; }

    [Id(2)]
    public required TimeSpan Guard { get; init; }

    [Id(3)]
    public required int SurpriseOneIn { get; init; }

    public static ScheduleRulesWire Of(SchedulePolicy policy) =>
        new() { TestsPerDay = policy.TestsPerDay, Regions = policy.Regions, Guard = policy.Guard, SurpriseOneIn = policy.SurpriseOneIn };

    public SchedulePolicy To() => new() { TestsPerDay = TestsPerDay, Regions = Regions, Guard = Guard, SurpriseOneIn = SurpriseOneIn };
}

/// <summary>A <see cref="PlanHistory"/> between silos, or what changed of it, as JSON.</summary>
[GenerateSerializer]
[Alias("monitoring.plan-history")]
[Immutable]
internal sealed class PlanHistoryWire
{
    /// <summary>Changes with every change, over activations too.</summary>
    [Id(0)]
    public required long Version { get; init; }

    [Id(1)]
    public required byte[] Json { get; init; }

    /// <summary>Which life of the schedule's grain it is of; versions of another one do not join.</summary>
    [Id(2)]
    public long Life { get; init; }

    /// <summary>The version that the shares are the changes from; 0 when they are all. The rules are always all.</summary>
    [Id(3)]
    public long Since { get; init; }

    /// <summary>Whose shares these are, and who has none any more, in order; empty when the shares are all.</summary>
    [Id(4)]
    public ImmutableArray<OrchestratorId> Changed { get; init; } = [];

    /// <summary>The newer history.</summary>
    /// <param name="before">The history that the grain was told of when it was asked.</param>
    public PlanHistory On(PlanHistory before) => Since == 0 ? To() : before.With(To(), Changed.ToHashSet());

    /// <summary>What it says, by itself.</summary>
    public PlanHistory To() => JsonSerializer.Deserialize<PlanHistory>(Json) ?? throw new JsonException("The history is null.");
}
