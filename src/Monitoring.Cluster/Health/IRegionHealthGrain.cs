using Monitoring.Cluster.Wire;
using Monitoring.Core;
using Orleans.Concurrency;

namespace Monitoring.Cluster.Health;

/// <summary>Tells regions that fail from orchestrators that fail, and a broken clip from those who blame it. Key 0.</summary>
[Alias("monitoring.region-health")]
internal interface IRegionHealthGrain : IGrainWithIntegerKey
{
    /// <summary>A test ended with a verdict that counts.</summary>
    [Alias("Evidence")]
    Task Evidence(RegionId region, OrchestratorId orchestrator, DateTimeOffset testTime, bool good);

    /// <summary>A region's controls were tried.</summary>
    [Alias("Controls")]
    Task Controls(RegionId region, bool well);

    /// <summary>A region checked who of the active set lives.</summary>
    /// <returns>The regions' health with that.</returns>
    [Alias("Seen")]
    Task<RegionHealthView> Seen(RegionId region, ImmutableArray<LivenessCheckWire> checks);

    /// <summary>What regions saw of others while one orchestrator did not answer them.</summary>
    /// <returns>An answer to each question, in their order.</returns>
    [Alias("Witnesses")]
    [AlwaysInterleave]
    [ResponseTimeout("00:00:05")]
    Task<ImmutableArray<RegionWitness>> Witnesses(OrchestratorId except, ImmutableArray<WitnessQuestion> asked);

    /// <summary>A region told how it is. The last one counts.</summary>
    [Alias("Vitals")]
    Task Vitals(RegionId region, RegionVitals vitals);

    /// <summary>So often something was refused that somebody said for a region; the kind is the name of a <see cref="Web.RefusalKind"/>.</summary>
    [Alias("Refused")]
    Task Refused(RegionId region, string kind, long count, string reason);

    /// <summary>An orchestrator said that the clip is bad.</summary>
    [Alias("ClipRefused")]
    Task ClipRefused(TestId test, OrchestratorId orchestrator, RegionId region, DateTimeOffset testTime, string method, string endpoint);

    /// <summary>The regions' health as it stands.</summary>
    [Alias("View")]
    [AlwaysInterleave]
    [ResponseTimeout("00:00:02")]
    Task<RegionHealthView> View();

    /// <summary>How the regions stand, in order of their codes.</summary>
    [Alias("Standings")]
    [AlwaysInterleave]
    [ResponseTimeout("00:00:05")]
    Task<ImmutableArray<RegionStandingWire>> Standings();
}
