namespace Monitoring.Probing;

/// <summary>A clock that is wrong by so much, for simulations of one that is.</summary>
/// <param name="right">The right clock.</param>
/// <param name="offset">What this one says less what that one says.</param>
public sealed class ShiftedTime(TimeProvider right, TimeSpan offset) : TimeProvider
{
    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => right.LocalTimeZone;

    /// <inheritdoc />
    public override long TimestampFrequency => right.TimestampFrequency;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => right.GetUtcNow() + offset;

    /// <inheritdoc />
    public override long GetTimestamp() => right.GetTimestamp();

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => right.CreateTimer(callback, state, dueTime, period);
}
