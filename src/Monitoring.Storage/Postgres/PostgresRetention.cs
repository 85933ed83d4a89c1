namespace Monitoring.Storage.Postgres;

/// <summary>How long a database keeps what. Hourly sums are kept for ever, and written before the outcomes they are made of go.</summary>
public sealed record PostgresRetention
{
    /// <summary>The fewest days that outcomes are kept: what a start replays (31 days), and some.</summary>
    public const int FewestDays = 40;

    /// <summary>The fewest days that evidence is kept: until its day is closed.</summary>
    public const int FewestEvidenceDays = 3;

    /// <summary>Days that outcomes are kept after their own; 0 for ever, else at least <see cref="FewestDays"/>.</summary>
    public int ResultDays { get; init; } = 90;

    /// <summary>Days that evidence is kept after its own, at least <see cref="FewestEvidenceDays"/>; 0 as long as the outcomes.</summary>
    public int EvidenceDays { get; init; }

    /// <summary>True when outcomes of a day are no longer kept.</summary>
    internal bool HasPassed(DateOnly day, DateTimeOffset now) => HasPassed(day, ResultDays, now);

    /// <summary>True when evidence of a day is no longer kept.</summary>
    internal bool HasPassedForEvidence(DateOnly day, DateTimeOffset now) => HasPassed(day, ResultDays, now) || HasPassed(day, EvidenceDays, now);

    private static bool HasPassed(DateOnly day, int days, DateTimeOffset now) => days > 0 && day.DayNumber < DateOnly.FromDateTime(now.UtcDateTime).DayNumber - days;
}
