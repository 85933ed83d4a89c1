using Monitoring.Core;

namespace Monitoring.Standalone.Hub;

/// <summary>How the in-process hub works.</summary>
internal sealed record HubOptions
{
    /// <summary>The rules.</summary>
    public required Policy Policy { get; init; }

    /// <summary>When a region is at fault.</summary>
    public AnomalyPolicy Anomaly { get; init; } = new();

    /// <summary>How long before its planned instant a job may be leased.</summary>
    public TimeSpan LeaseAhead { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A region that has asked for no work for so long is stale.</summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The least time between two snapshots.</summary>
    public TimeSpan SnapshotEvery { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long after the store refused a write it is tried again; nothing is leased in between.</summary>
    public TimeSpan StoreRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>When what a region sees of life is no evidence.</summary>
    public AnomalyPolicy LivenessAnomaly { get; init; } = new() { Span = TimeSpan.FromMinutes(5) };

    /// <summary>When the instrument itself is worth an incident.</summary>
    public InstrumentPolicy Instrument { get; init; } = new();

    /// <summary>How often the liveness checks of the day are written down; a crash costs at most so much of them.</summary>
    public TimeSpan KeepChecksEvery { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How far back stored results are replayed at start: as long as a zero may be published on their strength.</summary>
    public TimeSpan Replay => Policy.ZeroFor + TimeSpan.FromDays(1);

    /// <summary>The most orchestrators that are known from posted results alone.</summary>
    public int MostPosted { get; init; } = 10_000;
}
