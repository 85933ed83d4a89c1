using Monitoring.Core;

namespace Monitoring.Cluster.Orchestrators;

/// <summary>
/// Which steps of the decider must be on disk before anybody acts on them: those that cannot be made again from the plan and the clock. A
/// test that is merely planned can; a lease, an outcome, an enrolment, and whether it is up, with the incidents about it, cannot. That a
/// notification was taken need not be: it is offered again and known.
/// </summary>
internal static class Durability
{
    /// <summary>True when the step must be written down.</summary>
    public static bool Demands(OrchestratorState before, OrchestratorState after) =>
        before.Record != after.Record
        || before.Active != after.Active
        || before.WithdrawnAt != after.WithdrawnAt
        || before.Owed != after.Owed
        || before.Availability.Phase != after.Availability.Phase
        || before.Availability.Flapping != after.Availability.Flapping
        || before.Availability.Incidents.Open != after.Availability.Incidents.Open
        || !Leased(before).SequenceEqual(Leased(after))
        || !before.Cells.Select(c => c.Window).SequenceEqual(after.Cells.Select(c => c.Window));

    private static IEnumerable<TestId> Leased(OrchestratorState state) => state.Open.Where(o => o.Leased).Select(o => o.Job.Id);
}
