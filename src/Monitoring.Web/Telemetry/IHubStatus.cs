using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>What the metrics need of a hub, and what only a host that has one registers.</summary>
public interface IHubStatus
{
    /// <summary>How the hub is now. Reading it costs little, never blocks and never throws.</summary>
    HubStatus Current { get; }
}

/// <summary>How a hub is at one instant.</summary>
/// <param name="Regions">Its regions.</param>
/// <param name="Enrolled">Orchestrators that it plans tests for.</param>
/// <param name="IsStoring">False while the store refuses writes, and nothing is leased.</param>
/// <param name="Replayed">Stored outcomes that were folded at start.</param>
public sealed record HubStatus(ImmutableArray<HubRegionStatus> Regions, int Enrolled, bool IsStoring, long Replayed)
{
    /// <summary>Who does not answer where, in order of id and region; nobody where all is well.</summary>
    public ImmutableArray<HubFailingSight> Failing { get; init; } = [];
}

/// <summary>One orchestrator that does not answer one region.</summary>
/// <param name="Orchestrator">Who.</param>
/// <param name="Region">Where.</param>
/// <param name="Failures">Checks in a row that failed, 1 and up.</param>
public readonly record struct HubFailingSight(OrchestratorId Orchestrator, RegionId Region, int Failures);

/// <summary>One region as its hub sees it.</summary>
/// <param name="Region">The region.</param>
/// <param name="Queued">Jobs that wait.</param>
/// <param name="Leased">Jobs that are leased and not ended.</param>
/// <param name="LastSeen">When a process of the region asked for work last, UTC; null when none ever did.</param>
/// <param name="IsAnomalous">True while the region's results are void.</param>
public readonly record struct HubRegionStatus(RegionId Region, int Queued, int Leased, DateTimeOffset? LastSeen, bool IsAnomalous);
