using Monitoring.Core;

namespace Monitoring.Cluster.Hosting;

/// <summary>By what rules and at what pace the hub's grains work. The same on every hub silo of a cluster.</summary>
public sealed record HubRules
{
    /// <summary>The rules of the house.</summary>
    public required Policy Policy { get; init; }

    /// <summary>When a region is at fault.</summary>
    public AnomalyPolicy Anomaly { get; init; } = new();

    /// <summary>When what a region sees of life is no evidence.</summary>
    public AnomalyPolicy LivenessAnomaly { get; init; } = new() { Span = TimeSpan.FromMinutes(5) };

    /// <summary>When the instrument itself is worth an incident.</summary>
    public InstrumentPolicy Instrument { get; init; } = new();

    /// <summary>The most that may be spent by regions with a wallet; null where nothing is paid.</summary>
    public SpendCaps? Caps { get; init; }

    /// <summary>How tests are measured here (<see cref="TestMethod"/>): a counted result of another method is refused. Null to take any.</summary>
    public string? Method { get; init; }

    /// <summary>How long before its planned instant a job may be leased. 20 s.</summary>
    public TimeSpan LeaseAhead { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A region that has asked for no work for so long is stale. 2 min.</summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The period of an orchestrator's reminder: the longest that it is not ticked, whatever was lost. 30 min; Orleans allows 1 min and more.
    /// </summary>
    public TimeSpan ReminderPeriod { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How soon after a failed effect or an unstored outcome an orchestrator is ticked again. 10 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The least time between two snapshots of the leaderboard. 1 s.</summary>
    public TimeSpan SnapshotEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How old a silo's view of the regions' health may be. 5 s.</summary>
    public TimeSpan HealthEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a silo looks whether what it shows of the grains is still so. 2 s.</summary>
    public TimeSpan ViewEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the network and the instrument are looked at for incidents. 5 s.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the liveness checks of an orchestrator are written down where nothing else is; a crash costs at most so much of them. 10 min.</summary>
    public TimeSpan KeepChecksEvery { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often the registry makes sure that every orchestrator knows that it is enrolled. 1 h.</summary>
    public TimeSpan EnrolAgainEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Grains that the leaderboard's rows are spread over. 32; never changed on a running cluster.</summary>
    public int ScoreShards { get; init; } = 32;

    /// <summary>How far back stored results are folded when a state is made again: as long as a zero may be published on their strength.</summary>
    public TimeSpan Replay => Policy.ZeroFor + TimeSpan.FromDays(1);
}
