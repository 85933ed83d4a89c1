namespace Monitoring.Alerting;

/// <summary>How often and how long it is tried to tell somebody.</summary>
public sealed record DeliveryPolicy
{
    /// <summary>The longest that one attempt may take. 10 s.</summary>
    public TimeSpan Attempt { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The wait after a first failure; it doubles with each further one, and half of it is drawn by lot. 2 s.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait of our own. 5 min.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest wait that a receiver may ask for; longer ones are cut to it. 1 h.</summary>
    public TimeSpan LongestAsked { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The longest that a channel as a whole rests after failures in a row, so that a dead one is not asked for every incident. 30 s.</summary>
    public TimeSpan LongestRest { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long after it was owed a delivery that keeps failing becomes a dead letter. 72 h.</summary>
    public TimeSpan GiveUp { get; init; } = TimeSpan.FromHours(72);

    /// <summary>How often channels that repeat what lasts do so. 1 min.</summary>
    public TimeSpan Repeat { get; init; } = TimeSpan.FromMinutes(1);
}
