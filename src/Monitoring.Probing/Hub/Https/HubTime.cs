namespace Monitoring.Probing;

/// <summary>
/// The hub's time: our clock put right by what is known of the hub's. Jobs name instants of the hub's clock, so a region that keeps to it starts them
/// when it should, however wrong its own clock is. What is measured comes from timestamps, which nothing is added to.
/// </summary>
public sealed class HubTime(HubClock clock, TimeProvider ours) : TimeProvider
{
    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => ours.LocalTimeZone;

    /// <inheritdoc />
    public override long TimestampFrequency => ours.TimestampFrequency;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => ours.GetUtcNow() + (clock.Offset ?? TimeSpan.Zero);

    /// <inheritdoc />
    public override long GetTimestamp() => ours.GetTimestamp();

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => ours.CreateTimer(callback, state, dueTime, period);
}
