namespace Monitoring.Alerting;

/// <summary>When the canary flies and when it is missed.</summary>
public sealed record CanaryOptions
{
    /// <summary>The time of day, UTC, at which it is sent. The first one is sent at the first start. Default 09:00.</summary>
    public TimeOnly At { get; init; } = new(9, 0);

    /// <summary>Within how long it must have arrived. Default 15 min.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long after one that was missed the next is sent, so that it shows when the way is open again. Default 1 h.</summary>
    public TimeSpan Again { get; init; } = TimeSpan.FromHours(1);
}
