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

    /// <summary>An orchestrator said that the clip is bad.</summary>
    [Alias("ClipRefused")]
    Task ClipRefused(TestId test, OrchestratorId orchestrator, RegionId region, DateTimeOffset testTime, string method, string endpoint);

    /// <summary>The regions' health as it stands.</summary>
    [Alias("View")]
    [AlwaysInterleave]
    Task<RegionHealthView> View();
}
