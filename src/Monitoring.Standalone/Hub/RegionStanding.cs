using Monitoring.Core;

namespace Monitoring.Standalone.Hub;

/// <summary>How a region stands with the hub.</summary>
/// <param name="Region">The region.</param>
/// <param name="LastAsked">When it last asked for work, UTC; null if it has not since the hub started.</param>
/// <param name="Leased">Jobs that are leased to it.</param>
/// <param name="Waiting">Jobs that wait for it.</param>
/// <param name="Vitals">What it last told of itself; null before it did.</param>
/// <param name="ToldAt">When, UTC.</param>
/// <param name="Anomaly">The anomaly that lasts; null for none.</param>
internal sealed record RegionStanding(
    RegionId Region, DateTimeOffset? LastAsked, int Leased, int Waiting, RegionVitals? Vitals, DateTimeOffset ToldAt, AnomalySpan? Anomaly);
