using Monitoring.Core;

namespace Monitoring.Alerting;

/// <summary>Section <c>Alerts</c>.</summary>
public sealed record AlertOptions
{
    /// <summary>Nobody is told of anything.</summary>
    public static AlertOptions None { get; } = new()
    {
        Channels = ImmutableDictionary<string, ChannelSettings>.Empty, Router = new Router([], []), Links = AlertLinks.None,
    };

    /// <summary>The channels by name.</summary>
    public required ImmutableDictionary<string, ChannelSettings> Channels { get; init; }

    /// <summary>Who is told of what.</summary>
    public required Router Router { get; init; }

    /// <summary>What alerts link to.</summary>
    public required AlertLinks Links { get; init; }

    /// <summary>The dead-man's switch outside; null for none.</summary>
    public HeartbeatSettings? Heartbeat { get; init; }

    /// <summary>The daily proof that alerts arrive; null for none.</summary>
    public CanaryOptions? Canary { get; init; }

    /// <summary>From when on something is worth an incident.</summary>
    public AlertThresholds Thresholds { get; init; } = AlertThresholds.Default;

    /// <summary>Operators may subscribe webhooks for their own orchestrators, at most so many in all; 0 when they may not.</summary>
    public int Subscriptions { get; init; }
}

/// <summary>The kinds of channels.</summary>
public enum ChannelKind
{
    /// <summary>Prometheus Alertmanager, API v2.</summary>
    Alertmanager,

    /// <summary>PagerDuty, Events API v2.</summary>
    PagerDuty,

    /// <summary>A Slack incoming webhook.</summary>
    Slack,

    /// <summary>A Discord webhook.</summary>
    Discord,

    /// <summary>A Telegram bot.</summary>
    Telegram,

    /// <summary>Any URL, signed.</summary>
    Webhook,
}

/// <summary>One channel.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Urls">Where it leads; several for the replicas of an Alertmanager. They may hold secrets.</param>
/// <param name="Secret">PagerDuty's key, Telegram's token or the webhook's secret.</param>
/// <param name="Chat">Telegram's chat.</param>
public sealed record ChannelSettings(ChannelKind Kind, ImmutableArray<Uri> Urls, Secret Secret, string Chat)
{
    /// <summary>The kind alone: addresses may hold secrets.</summary>
    public override string ToString() => Kind.ToString();
}

/// <summary>A dead-man's switch outside.</summary>
/// <param name="Url">Its address, a secret.</param>
/// <param name="Method">GET or POST.</param>
/// <param name="Every">How often it is told that all is well.</param>
public sealed record HeartbeatSettings(Uri Url, HttpMethod Method, TimeSpan Every)
{
    /// <summary>Nothing of the address.</summary>
    public override string ToString() => $"{Method} every {Every}";
}
