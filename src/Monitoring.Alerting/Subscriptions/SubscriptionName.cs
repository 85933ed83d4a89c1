namespace Monitoring.Alerting;

/// <summary>How the channels of operators' subscriptions are named, apart from those of the configuration.</summary>
public static class SubscriptionName
{
    /// <summary>What every such name begins with; no configured channel's may.</summary>
    public const string Prefix = "subscription-";

    /// <summary>Whether a channel is a subscription's.</summary>
    public static bool Is(string channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return channel.StartsWith(Prefix, StringComparison.Ordinal);
    }
}
