using Monitoring.Cluster.Wire;
using Monitoring.Core;
using Monitoring.Probing;
using Orleans.Concurrency;

namespace Monitoring.Cluster.Orchestrators;

/// <summary>One orchestrator, which schedules its own tests from every region. Its key is its address in lower case.</summary>
[Alias("monitoring.orchestrator")]
internal interface IOrchestratorGrain : IGrainWithStringKey
{
    /// <summary>It is in the active set since an instant. Telling it again changes nothing, and repairs a reminder that was lost.</summary>
    [Alias("Enrol")]
    Task Enrol(OrchestratorRecord record, DateTimeOffset since);

    /// <summary>It left the active set.</summary>
    [Alias("Withdraw")]
    Task Withdraw(DateTimeOffset at);

    /// <summary>A region is about to get the job.</summary>
    /// <returns>True when it is written down by this call; false when the test was leased before, is over or was never planned, and must not be handed out.</returns>
    [Alias("TakeLease")]
    Task<bool> TakeLease(TestId test);

    /// <summary>A queued or leased test will not be run; the reason is the name of a code of class not run.</summary>
    [Alias("Defer")]
    Task Defer(TestId test, string reason);

    /// <summary>A region reports. When the answer comes the result is stored and the state is persisted.</summary>
    [Alias("Report")]
    [ResponseTimeout("00:00:20")]
    Task<ReportAnswer> Report(TestResult result);

    /// <summary>Another tester posted a result.</summary>
    /// <returns>False when it was refused.</returns>
    [Alias("Post")]
    Task<bool> Post(OutcomeRevision revision);

    /// <summary>A rule that sees more than one orchestrator judged a test again.</summary>
    [Alias("Reclassify")]
    Task Reclassify(TestId test, RegionId region, DateTimeOffset testTime, Outcome outcome);

    /// <summary>A region checked whether it lives. When it completes it is decided what that means, and what must not be forgotten is written down.</summary>
    /// <param name="region">The region.</param>
    /// <param name="checks">Its checks, oldest first.</param>
    /// <param name="regions">The regions' health with these checks.</param>
    [Alias("Checked")]
    Task Checked(RegionId region, ImmutableArray<LivenessCheckWire> checks, RegionHealthView regions);

    /// <summary>The regions' health changed; what an anomaly covers is judged again.</summary>
    [Alias("Look")]
    Task Look(RegionHealthView regions);

    /// <summary>Time passed. Harmless at any time.</summary>
    [Alias("Tick")]
    Task Tick();

    /// <summary>Its row of the leaderboard; null when nothing of it is published.</summary>
    [Alias("Row")]
    [ReadOnly]
    Task<LeaderboardRow?> Row();

    /// <summary>Its row, and how it stands in the eyes of the regions.</summary>
    [Alias("Shown")]
    [ReadOnly]
    Task<ShownOrchestrator> Shown();

    /// <summary>Makes the windows again from the stored results.</summary>
    /// <returns>Revisions folded.</returns>
    [Alias("Rebuild")]
    [ResponseTimeout("00:01:00")]
    Task<int> Rebuild();
}

/// <summary>What is shown of an orchestrator.</summary>
[GenerateSerializer]
[Alias("monitoring.shown-orchestrator")]
[Immutable]
internal sealed class ShownOrchestrator
{
    /// <summary>Its row of the leaderboard; null when nothing of it is published.</summary>
    [Id(0)]
    public LeaderboardRow? Row { get; init; }

    /// <summary>How it stands.</summary>
    [Id(1)]
    public required OrchestratorStanding Standing { get; init; }
}
