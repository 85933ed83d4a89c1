namespace Monitoring.Storage;

/// <summary>
/// How much an outbox holds. At the bound of what waits nothing more is taken and whoever offers keeps what is owed, so nothing is dropped;
/// dead letters have been shouted about already, so the oldest of them make room.
/// </summary>
public sealed record OutboxBounds
{
    /// <summary>Most deliveries that wait; default 20,000.</summary>
    public int Waiting { get; init; } = 20_000;

    /// <summary>Most incidents that are remembered, those that last included; default 20,000.</summary>
    public int Incidents { get; init; } = 20_000;

    /// <summary>Most dead letters; default 1,000.</summary>
    public int Dead { get; init; } = 1_000;

    /// <summary>How long an incident is remembered after its end, so that a notification offered again is known. Default 7 days.</summary>
    public TimeSpan Memory { get; init; } = TimeSpan.FromDays(7);
}
