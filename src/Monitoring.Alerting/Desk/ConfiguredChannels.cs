namespace Monitoring.Alerting;

/// <summary>The channels of the configuration, with the connections they share.</summary>
public sealed class ConfiguredChannels : IDisposable
{
    private readonly HttpMessageInvoker _invoker = ChannelHttp.ForConfigured();

    /// <summary>Opens them.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="time">The clock.</param>
    public ConfiguredChannels(AlertOptions options, TimeProvider time)
    {
        Http = new ChannelHttp(_invoker, time);
        All = options.Channels.ToImmutableDictionary(c => c.Key, c => Create(c.Value, options.Links, time));
    }

    /// <summary>Sends to configured addresses.</summary>
    public ChannelHttp Http { get; }

    /// <summary>The channels by name.</summary>
    public ImmutableDictionary<string, IChannel> All { get; }

    /// <inheritdoc />
    public void Dispose() => _invoker.Dispose();

    private IChannel Create(ChannelSettings channel, AlertLinks links, TimeProvider time) => channel.Kind switch
    {
        ChannelKind.Alertmanager => new AlertmanagerChannel(channel.Urls, links, Http, time),
        ChannelKind.PagerDuty => new PagerDutyChannel(channel.Urls[0], channel.Secret.Reveal(), links, Http),
        ChannelKind.Slack => new SlackChannel(channel.Urls[0], links, Http),
        ChannelKind.Discord => new DiscordChannel(channel.Urls[0], links, Http),
        ChannelKind.Telegram => new TelegramChannel(channel.Urls[0], channel.Secret.Reveal(), channel.Chat, links, Http),
        _ => new WebhookChannel(channel.Urls[0], channel.Secret.Reveal(), links, Http, time),
    };
}
