using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>Why a cell of the leaderboard shows what it shows.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CellState>))]
public enum CellState
{
    /// <summary>Scores of the counted tests in the window.</summary>
    Measured,

    /// <summary>Nothing counted in the window, and the latest valid evidence is against the orchestrator: zeros, for 30 days.</summary>
    Zero,

    /// <summary>Nothing counted in the window because of us: the last value, up to 7 days old.</summary>
    Held,
}

/// <summary>One orchestrator's scores in one region, as published.</summary>
public sealed record PublishedCell
{
    /// <summary>Why these numbers.</summary>
    public required CellState State { get; init; }

    /// <summary>Share of the expected renditions that came back valid, 0 to 1.</summary>
    public required double SuccessRate { get; init; }

    /// <summary>Latency score, 0 to 1: 1 - e^(-D/T).</summary>
    public required double RoundTripScore { get; init; }

    /// <summary>Total score, 0 to 1: the product of the two.</summary>
    public required double Score { get; init; }

    /// <summary>Tests counted in the window.</summary>
    public int Tests { get; init; }

    /// <summary>Tests planned in the window (counted or not); 0 where a region is posted and has no plan.</summary>
    public int Planned { get; init; }

    /// <summary>Segments whose round trip was at most their duration / source segments, 0 to 1.</summary>
    public double RealTimeRate { get; init; }

    /// <summary>Lower end of the 95 % Wilson interval of the success rate, with n = counted tests.</summary>
    public double SuccessRateLow { get; init; }

    /// <summary>Upper end of the same interval.</summary>
    public double SuccessRateHigh { get; init; }

    /// <summary>The time of the latest test behind these numbers, UTC.</summary>
    public DateTimeOffset? LastTestAt { get; init; }

    /// <summary>Counted / planned, 0 to 1; null where nothing was planned.</summary>
    [JsonIgnore]
    public double? Coverage => Planned == 0 ? null : (double)Math.Min(Tests, Planned) / Planned;

    /// <summary>Lower end of the score that follows from the interval of the success rate.</summary>
    [JsonIgnore]
    public double ScoreLow => SuccessRateLow * RoundTripScore;

    /// <summary>Upper end of the score that follows from the interval of the success rate.</summary>
    [JsonIgnore]
    public double ScoreHigh => SuccessRateHigh * RoundTripScore;
}
