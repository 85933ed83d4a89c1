using Monitoring.Core;

namespace Monitoring.Cluster.Wire;

/// <summary>A <see cref="LeaderboardSnapshot"/> between silos.</summary>
[GenerateSerializer]
[Alias("monitoring.leaderboard-snapshot")]
[Immutable]
internal struct LeaderboardSnapshotWire
{
    [Id(0)]
    public long Version;

    [Id(1)]
    public DateTimeOffset AsOf;

    [Id(2)]
    public ImmutableArray<LeaderboardRow> Rows;
}

/// <summary>A <see cref="LeaderboardRow"/> between silos.</summary>
[GenerateSerializer]
[Alias("monitoring.leaderboard-row")]
[Immutable]
internal struct LeaderboardRowWire
{
    [Id(0)]
    public OrchestratorId Orchestrator;

    [Id(1)]
    public string ServiceUri;

    [Id(2)]
    public bool Verified;

    [Id(3)]
    public bool Active;

    [Id(4)]
    public ImmutableArray<LeaderboardCellWire> Cells;
}

/// <summary>A <see cref="LeaderboardCell"/> between silos; the state by its name.</summary>
[GenerateSerializer]
[Alias("monitoring.leaderboard-cell")]
[Immutable]
internal struct LeaderboardCellWire
{
    [Id(0)]
    public RegionId Region;

    [Id(1)]
    public string State;

    [Id(2)]
    public double SuccessRate;

    [Id(3)]
    public double RoundTripScore;

    [Id(4)]
    public double Score;

    [Id(5)]
    public int Tests;

    [Id(6)]
    public int Planned;

    [Id(7)]
    public double RealTimeRate;

    [Id(8)]
    public double SuccessRateLow;

    [Id(9)]
    public double SuccessRateHigh;

    [Id(10)]
    public DateTimeOffset? LastTestAt;

    [Id(11)]
    public double? Availability;
}

[RegisterConverter]
internal sealed class LeaderboardSnapshotConverter : IConverter<LeaderboardSnapshot, LeaderboardSnapshotWire>
{
    public LeaderboardSnapshot ConvertFromSurrogate(in LeaderboardSnapshotWire surrogate) => new(surrogate.Version, surrogate.AsOf, surrogate.Rows);

    public LeaderboardSnapshotWire ConvertToSurrogate(in LeaderboardSnapshot value) => new() { Version = value.Version, AsOf = value.AsOf, Rows = value.Rows };
}

[RegisterConverter]
internal sealed class LeaderboardRowConverter : IConverter<LeaderboardRow, LeaderboardRowWire>
{
    public LeaderboardRow ConvertFromSurrogate(in LeaderboardRowWire surrogate) =>
        new(surrogate.Orchestrator, surrogate.ServiceUri, surrogate.Verified, surrogate.Active, [.. surrogate.Cells.Select(From)]);

    public LeaderboardRowWire ConvertToSurrogate(in LeaderboardRow value) => new()
    {
        Orchestrator = value.Orchestrator,
        ServiceUri = value.ServiceUri,
        Verified = value.Verified,
        Active = value.Active,
        Cells = [.. value.Cells.Select(To)],
    };

    private static LeaderboardCell From(LeaderboardCellWire wire) => new(wire.Region, new PublishedCell
    {
        State = Enum.Parse<CellState>(wire.State),
        SuccessRate = wire.SuccessRate,
        RoundTripScore = wire.RoundTripScore,
        Score = wire.Score,
        Tests = wire.Tests,
        Planned = wire.Planned,
        RealTimeRate = wire.RealTimeRate,
        SuccessRateLow = wire.SuccessRateLow,
        SuccessRateHigh = wire.SuccessRateHigh,
        LastTestAt = wire.LastTestAt,
    })
    {
        Availability = wire.Availability,
    };

    private static LeaderboardCellWire To(LeaderboardCell cell) => new()
    {
        Region = cell.Region,
        State = cell.Cell.State.ToString(),
        SuccessRate = cell.Cell.SuccessRate,
        RoundTripScore = cell.Cell.RoundTripScore,
        Score = cell.Cell.Score,
        Tests = cell.Cell.Tests,
        Planned = cell.Cell.Planned,
        RealTimeRate = cell.Cell.RealTimeRate,
        SuccessRateLow = cell.Cell.SuccessRateLow,
        SuccessRateHigh = cell.Cell.SuccessRateHigh,
        LastTestAt = cell.Cell.LastTestAt,
        Availability = cell.Availability,
    };
}
