namespace Monitoring.Core;

/// <summary>Something that happened to one orchestrator. A closed set; past tense.</summary>
public abstract record Event
{
    private Event()
    {
    }

    /// <summary>
    /// It is in the active set, and has been since an instant: now, or the one that was remembered over a restart. Tests that were due in
    /// between and have no outcome become "not run".
    /// </summary>
    public sealed record Enrolled(OrchestratorRecord Record, DateTimeOffset Since) : Event;

    /// <summary>The registry says something new about it: another service URI, another share of the slots.</summary>
    public sealed record RecordChanged(OrchestratorRecord Record) : Event;

    /// <summary>Time passed. Any tick at any time is harmless; one at the armed deadline is enough.</summary>
    public sealed record Ticked : Event;

    /// <summary>A region leased the test.</summary>
    public sealed record TestLeased(TestId Test) : Event;

    /// <summary>A queued or leased test will not be run; the code (of class not run) says why.</summary>
    public sealed record TestDeferred(TestId Test, OutcomeCode Reason) : Event;

    /// <summary>A region reported a result. The same report any number of times is one.</summary>
    public sealed record ResultReported(TestResult Result) : Event;

    /// <summary>Another tester posted a result for a region that is not ours.</summary>
    public sealed record ResultPosted(OutcomeRevision Revision) : Event;

    /// <summary>A result that was measured is judged again, by a rule that sees more than one orchestrator (region anomaly, refused clip).</summary>
    public sealed record ResultReclassified(TestId Test, RegionId Region, DateTimeOffset TestTime, Outcome Outcome) : Event;

    /// <summary>A revision from the store, at start or in a rebuild: it is folded and nothing else.</summary>
    public sealed record OutcomeReplayed(OutcomeRevision Revision) : Event;

    /// <summary>The store has a revision that this orchestrator owed it.</summary>
    public sealed record OutcomeStored(TestId Test, int Revision) : Event;

    /// <summary>A region checked whether it lives; every check is its own. The same check any number of times is one.</summary>
    public sealed record LivenessChecked(RegionId Region, ImmutableArray<LivenessCheck> Checks) : Event;

    /// <summary>What was known of its availability over a restart; heard once, before anything else.</summary>
    public sealed record AvailabilityRemembered(AvailabilityState Availability) : Event;

    /// <summary>The outbox has a notification that this orchestrator owed.</summary>
    public sealed record NotificationTaken(IncidentKey Key, int Sequence) : Event;

    /// <summary>The deadline of one test passed.</summary>
    public sealed record DeadlinePassed(TestId Test) : Event;

    /// <summary>It left the active set, at an instant that is remembered over a restart.</summary>
    public sealed record Withdrawn(DateTimeOffset At) : Event;
}
