using Monitoring.Core;

namespace Monitoring.Alerting;

/// <summary>A Telegram bot. A stranger's words stand as code, where Telegram makes neither mentions nor links of them.</summary>
public sealed class TelegramChannel : IChannel
{
    /// <summary>Most characters of a message, counted here with its markup, which Telegram does not count.</summary>
    public const int MostText = 4_096;

    /// <summary>Where bots live unless another address is configured.</summary>
    public static Uri DefaultUrl { get; } = new("https://api.telegram.org");

    private readonly Uri _url;
    private readonly string _token;
    private readonly string _chat;
    private readonly AlertLinks _links;
    private readonly ChannelHttp _http;

    /// <summary>Makes a channel.</summary>
    /// <param name="url">The address of the API.</param>
    /// <param name="token">The bot's token.</param>
    /// <param name="chat">The chat's number, or its public name with an at sign.</param>
    /// <param name="links">What the message links to.</param>
    /// <param name="http">Sends.</param>
    public TelegramChannel(Uri url, string token, string chat, AlertLinks links, ChannelHttp http) =>
        (_url, _token, _chat, _links, _http) = (new Uri(url, $"/bot{token}/sendMessage"), token, chat, links, http);

    /// <inheritdoc />
    public async Task<Attempt> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var facts = AlertFacts.Of(notification, _links);
        var body = JsonBody.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("chat_id", _chat);
            json.WriteString("parse_mode", "HTML");
            json.WriteString("text", Text(facts));
            json.WriteStartObject("link_preview_options");
            json.WriteBoolean("is_disabled", true);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        var (attempt, _) = await _http.PostAsync(_url, body, null, [_token], cancellationToken);
        return attempt;
    }

    private static string Text(AlertFacts facts)
    {
        List<string> lines = [$"<b>{HarmlessText.ForHtml(facts.Title)}</b>", HarmlessText.ForTelegram(facts.Summary), facts.Times];
        if (facts.Page is not null) lines.Add(Link(facts.Page, "Board"));
        if (facts.Runbook is not null) lines.Add(Link(facts.Runbook, "Runbook"));
        lines.Add($"key <code>{HarmlessText.ForHtml(facts.Incident.Key.Text)}</code>");
        lines.AddRange(facts.Evidence.Select(e => $"{e.Region.Code} {AlertFacts.Instant(e.At)}: {HarmlessText.ForTelegram(e.Text)}"));
        return HarmlessText.Join(lines, MostText);
    }

    private static string Link(string url, string text) => $"<a href=\"{HarmlessText.ForHtml(url).Replace("\"", "&quot;", StringComparison.Ordinal)}\">{text}</a>";
}
