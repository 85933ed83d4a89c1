using Microsoft.Extensions.Configuration;
using Monitoring.Alerting;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>Reads <c>Alerts</c>: who is told of incidents, how, and when.</summary>
/// <param name="keys">The settings.</param>
public sealed class AlertSections(KeyReader keys)
{
    private const int MostChannels = 32;
    private const int LongestName = 40;
    private const int LeastSecret = 16;

    private static readonly (string, ChannelKind)[] Kinds =
        [.. Enum.GetValues<ChannelKind>().Select(k => (k.ToString().ToLowerInvariant(), k))];

    /// <summary>The whole section.</summary>
    public AlertOptions Read()
    {
        var channels = Channels();
        var canary = Canary();
        var routes = new AlertRouteSections(keys).Read([.. channels.Keys], canary);
        var links = Links(channels.Count > 0);
        return new AlertOptions
        {
            Channels = channels,
            Router = routes,
            Links = links,
            Heartbeat = Heartbeat(),
            Canary = canary,
            Thresholds = new AlertThresholdSection(keys).Read(),
            Subscriptions = keys.Number("Alerts:Subscriptions", 1000, 0, 10_000),
        };
    }

    /// <summary>Whether a text can name a channel or a route.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= LongestName && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private ImmutableDictionary<string, ChannelSettings> Channels()
    {
        var channels = ImmutableDictionary.CreateBuilder<string, ChannelSettings>();
        var sections = keys.Sections("Alerts:Channels");
        if (sections.Count > MostChannels) keys.Problem("Alerts:Channels", $"{sections.Count} channels are more than the {MostChannels} that are served.");
        foreach (var section in sections)
        {
            var before = keys.Problems.Count;
            var name = section.Key.ToLowerInvariant();
            if (!IsName(name)) keys.Problem(section.Path, $"'{section.Key}' cannot name a channel; 1 to {LongestName} letters, digits and hyphens are expected.");
            if (SubscriptionName.Is(name)) keys.Problem(section.Path, $"Names that begin with {SubscriptionName.Prefix} are those of operators' subscriptions; choose another.");
            if (!section.GetChildren().Any())
            {
                keys.Know(section.Path, offered: false);
                keys.Problem(section.Path, "An object with the key Kind is expected.");
                continue;
            }

            var channel = Channel(section.Path);
            if (channel is not null && keys.Problems.Count == before) channels[name] = channel;
        }

        return channels.ToImmutable();
    }

    private ChannelSettings? Channel(string path)
    {
        if (keys.Text($"{path}:Kind") is null)
        {
            KnowAll(path);
            keys.Problem($"{path}:Kind", $"One of {string.Join(", ", Kinds.Select(k => k.Item1))} is expected.");
            return null;
        }

        var before = keys.Problems.Count;
        var kind = keys.Choice($"{path}:Kind", ChannelKind.Webhook, Kinds);
        if (keys.Problems.Count > before)
        {
            KnowAll(path);
            return null;
        }

        return kind switch
        {
            ChannelKind.Alertmanager => Replicas(path) is { IsEmpty: false } urls ? new ChannelSettings(kind, urls, default, "") : null,
            ChannelKind.PagerDuty => Keyed(path, kind, "Key", "the integration's routing key", PagerDutyChannel.DefaultUrl, 1),
            ChannelKind.Telegram => Keyed(path, kind, "Token", "the bot's token", TelegramChannel.DefaultUrl, 1),
            ChannelKind.Webhook => SecretUrl(path) is { } url && Needed(path, "Secret", "the secret that events are signed with", LeastSecret) is { } secret
                ? new ChannelSettings(kind, [url], secret, "")
                : null,
            _ => SecretUrl(path) is { } url ? new ChannelSettings(kind, [url], default, "") : null,
        };
    }

    private ImmutableArray<Uri> Replicas(string path)
    {
        var urls = ImmutableArray.CreateBuilder<Uri>();
        foreach (var (key, text) in keys.List($"{path}:Urls"))
        {
            if (Http(key, text) is not { } url) continue;
            if (urls.Contains(url)) keys.Problem(key, "That replica is listed twice.");
            else urls.Add(url);
        }

        if (urls.Count == 0) keys.Problem($"{path}:Urls", "The addresses of all replicas are expected, such as [\"http://alertmanager:9093\"].");
        return urls.ToImmutable();
    }

    private ChannelSettings? Keyed(string path, ChannelKind kind, string name, string what, Uri otherwise, int least)
    {
        var secret = Needed(path, name, what, least);
        var url = keys.Text($"{path}:Url", otherwise.AbsoluteUri) is var text && Http($"{path}:Url", text) is { } read ? read : null;
        var chat = "";
        if (kind == ChannelKind.Telegram)
        {
            chat = keys.Text($"{path}:Chat", "");
            if (chat.Length is 0 or > 64 || chat.Any(char.IsWhiteSpace)) keys.Problem($"{path}:Chat", "The number of the chat is expected, or its public name with an @.");
            if (secret is { } token && !token.Reveal().All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '-' or '_'))
                keys.Problem($"{path}:Token", "That is not a bot's token; letters, digits, ':', '-' and '_' are expected.");
        }

        return secret is null || url is null ? null : new ChannelSettings(kind, [url], secret.Value, chat);
    }

    private Secret? Needed(string path, string name, string what, int least)
    {
        var secret = keys.Secret($"{path}:{name}", $"{path}:{name}File");
        if (secret is null) keys.Problem($"{path}:{name}", $"{char.ToUpperInvariant(what[0])}{what[1..]} is expected, here or in {name}File.");
        else if (secret.Value.Reveal().Length < least) keys.Problem($"{path}:{name}", $"It is too short to be safe; at least {least} characters are expected.");
        return secret;
    }

    // The addresses of such webhooks are secrets themselves.
    private Uri? SecretUrl(string path)
    {
        var text = keys.Secret($"{path}:Url", $"{path}:UrlFile");
        if (text is null) keys.Problem($"{path}:Url", "The URL of the webhook is expected, here or in UrlFile.");
        return text is null ? null : Http($"{path}:Url", text.Value.Reveal(), secret: true);
    }

    private HeartbeatSettings? Heartbeat()
    {
        var text = keys.Secret("Alerts:Heartbeat:Url", "Alerts:Heartbeat:UrlFile");
        var method = keys.Choice("Alerts:Heartbeat:Method", HttpMethod.Get, ("GET", HttpMethod.Get), ("POST", HttpMethod.Post));
        var every = TimeSpan.FromSeconds(keys.Number("Alerts:Heartbeat:Seconds", 60, 10, 3600));
        return text is { } url && Http("Alerts:Heartbeat:Url", url.Reveal(), secret: true) is { } read ? new HeartbeatSettings(read, method, every) : null;
    }

    private CanaryOptions? Canary()
    {
        var on = keys.Switch("Alerts:Canary:On", false);
        var text = keys.Text("Alerts:Canary:At", "09:00");
        if (!TimeOnly.TryParseExact(text, "HH:mm", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var at))
            keys.Problem("Alerts:Canary:At", $"'{text}' is not a time of day; UTC as HH:mm is expected, such as 09:00.");
        var within = TimeSpan.FromMinutes(keys.Number("Alerts:Canary:Minutes", 15, 1, 720));
        return on ? new CanaryOptions { At = at, Within = within } : null;
    }

    private AlertLinks Links(bool needed)
    {
        var board = keys.Text("Alerts:BoardUrl");
        var runbooks = keys.Text("Alerts:RunbookUrl");
        keys.Show("Alerts:BoardUrl", board ?? "");
        keys.Show("Alerts:RunbookUrl", runbooks ?? "");
        if (board is not null && Http("Alerts:BoardUrl", board) is null) board = null;
        if (runbooks is not null && Http("Alerts:RunbookUrl", runbooks.Replace("{rule}", "rule", StringComparison.Ordinal)) is null) runbooks = null;
        if (needed && board is null) keys.Warn("Alerts:BoardUrl", "Alerts will link neither to the board nor to runbooks: set its public address, such as https://board.example.org.");

        // The board serves the runbooks itself.
        if (runbooks is null && board is not null) runbooks = board.TrimEnd('/') + "/runbooks/{rule}.md";
        return new AlertLinks(board?.TrimEnd('/'), runbooks);
    }

    private Uri? Http(string key, string text, bool secret = false)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) && url.Host.Length > 0 && url.UserInfo.Length == 0) return url;
        keys.Problem(key, $"{(secret ? "That" : $"'{text}'")} is not a URL; http:// or https:// with a host and without user information is expected.");
        return null;
    }

    private void KnowAll(string path)
    {
        foreach (var child in keys.Sections(path).SelectMany(c => c.AsEnumerable())) keys.Know(child.Key.StartsWith(path, StringComparison.OrdinalIgnoreCase) ? child.Key : $"{path}:{child.Key}", offered: false);
    }
}
