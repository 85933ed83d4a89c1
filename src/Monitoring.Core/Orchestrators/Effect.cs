namespace Monitoring.Core;

/// <summary>Something the shell does next. A closed set; imperative; each is idempotent by id.</summary>
public abstract record Effect
{
    private Effect()
    {
    }

    /// <summary>Put the job in its region's queue, unless it is there.</summary>
    public sealed record QueueTest(TestJob Job) : Effect;

    /// <summary>Take the job out of its region's queue, if it is there.</summary>
    public sealed record CancelTest(TestId Test, RegionId Region) : Effect;

    /// <summary>Store the revision, unless it is there, and answer with <see cref="Event.OutcomeStored"/>.</summary>
    public sealed record RecordOutcome(OutcomeRevision Revision) : Effect;

    /// <summary>Show this cell from now on; null means that the region is omitted.</summary>
    public sealed record PublishScore(OrchestratorId Orchestrator, RegionId Region, PublishedCell? Cell) : Effect;

    /// <summary>Have this region check at once whether the orchestrator lives.</summary>
    public sealed record CheckLiveness(OrchestratorId Orchestrator, RegionId Region) : Effect;

    /// <summary>Show this availability (share of the day's intervals with evidence in which it was up, 0 to 1) from now on; null for none.</summary>
    public sealed record PublishAvailability(OrchestratorId Orchestrator, RegionId Region, double? Availability) : Effect;

    /// <summary>Give the notification to the outbox, unless it has it, and answer with <see cref="Event.NotificationTaken"/>.</summary>
    public sealed record OpenIncident(Notification Notification) : Effect;

    /// <summary>The same for an incident that lasts in another way.</summary>
    public sealed record ChangeIncident(Notification Notification) : Effect;

    /// <summary>The same for an incident that is over.</summary>
    public sealed record ResolveIncident(Notification Notification) : Effect;

    /// <summary>Tick again at this instant, or soon after.</summary>
    public sealed record ArmDeadline(DateTimeOffset At) : Effect;

    /// <summary>The report was refused for good; the region may delete it.</summary>
    public sealed record RefuseReport(TestId Test, string Reason) : Effect;
}
