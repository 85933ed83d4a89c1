namespace Monitoring.Core;

/// <summary>What the decider may know beside its own state.</summary>
/// <param name="Now">The instant, UTC.</param>
/// <param name="Policy">The rules.</param>
/// <param name="Regions">The health of the regions.</param>
/// <param name="PlanOf">The plan of a record on a day; a pure function of the day's seed (<see cref="DayPlan.For"/>).</param>
public readonly record struct Env(DateTimeOffset Now, Policy Policy, RegionHealthView Regions, PlanOf PlanOf)
{
    /// <summary>True while so many orchestrators fail at once that one incident of the network tells of them (<see cref="NetworkAvailability"/>).</summary>
    public bool NetworkFails { get; init; }

    /// <summary>What the regions see of life lately, by which a region that fails is told from an orchestrator that fails; null where nobody keeps it, and every region is believed.</summary>
    public IRegionWitnesses? Liveness { get; init; }
}

/// <summary>The plan of one orchestrator on one day, in order of time.</summary>
public delegate ImmutableArray<PlannedTest> PlanOf(OrchestratorId orchestrator, OrchestratorRecord record, DateOnly day);

/// <summary>One step of the decider.</summary>
/// <param name="State">The state from here on.</param>
/// <param name="Effects">What to do, in this order, once the state is persisted.</param>
public readonly record struct Step(OrchestratorState State, ImmutableArray<Effect> Effects);
