using Monitoring.Core;

namespace Monitoring.Cluster.Money;

/// <summary>The hub's hold on the money: what tests may spend, within the caps of the day. Key 0.</summary>
[Alias("monitoring.budget")]
internal interface IBudgetGrain : IGrainWithIntegerKey
{
    /// <summary>Reserves for tests that are about to be leased. Written down when it completes.</summary>
    /// <returns>The allowance of each in whole wei, as text, in the order of the tests; <c>0</c> where a cap is reached and the test must not start.</returns>
    [Alias("Reserve")]
    [ResponseTimeout("00:00:10")]
    Task<ImmutableArray<string>> Reserve(ImmutableArray<SpendRequest> tests);

    /// <summary>A test ended, having spent so much whole wei; what it did not spend is free again. A second end changes nothing.</summary>
    [Alias("Settle")]
    [ResponseTimeout("00:00:10")]
    Task Settle(TestId test, string wei);
}

/// <summary>A test that is about to be leased.</summary>
[GenerateSerializer]
[Alias("monitoring.spend-request")]
[Immutable]
internal sealed class SpendRequest
{
    [Id(0)]
    public required TestId Test { get; init; }

    [Id(1)]
    public required OrchestratorId Orchestrator { get; init; }

    [Id(2)]
    public required RegionId Region { get; init; }

    public static SpendRequest Of(TestJob job) => new() { Test = job.Id, Orchestrator = job.Orchestrator, Region = job.Region };
}
