using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>What went wrong. The name is part of the deduplication key that receivers know; it never changes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<IncidentRule>))]
public enum IncidentRule
{
    /// <summary>An orchestrator does not answer: in one region, or in a quorum of regions.</summary>
    OrchestratorDown,

    /// <summary>Its score fell by more than is allowed within the time of the rule.</summary>
    ScoreSlide,

    /// <summary>None of its tests counted for longer than is allowed.</summary>
    NotTested,

    /// <summary>Its price is above the ceiling, so it is not tested.</summary>
    PricedOut,

    /// <summary>It says that it is full more often than is excused.</summary>
    PersistentlyCapped,

    /// <summary>Fewer than 99 % of its segments come back in real time.</summary>
    RealTimeRateLow,

    /// <summary>Ours: most orchestrators that are good elsewhere fail in one region, or a control of it fails.</summary>
    RegionAnomaly,

    /// <summary>Ours: a region has not asked for work.</summary>
    RegionStale,

    /// <summary>Ours: too few of the planned tests were counted.</summary>
    CoverageLow,

    /// <summary>Ours: deposit or reserve of a wallet runs low.</summary>
    FloatLow,

    /// <summary>Ours: no endpoint of the chain answers.</summary>
    ChainUnreachable,

    /// <summary>Ours: the published snapshot is old.</summary>
    SnapshotOld,

    /// <summary>Ours: an alert did not reach its receiver, or the daily proof that alerts arrive failed.</summary>
    AlertingFailed,

    /// <summary>The daily artificial incident that proves the way to the receiver.</summary>
    Canary,
}
