using System.Text.Json;
using Monitoring.Core;

namespace Monitoring.Alerting;

/// <summary>
/// A Slack incoming webhook. What may hold a stranger's words stands in plain-text blocks, escaped, with its addresses broken; links are our
/// own alone.
/// </summary>
public sealed class SlackChannel : IChannel
{
    // Limits of Block Kit: 150 characters of a header, 3,000 of a section.
    private const int MostHeader = 150;
    private const int MostSection = 3_000;

    private readonly Uri _url;
    private readonly AlertLinks _links;
    private readonly ChannelHttp _http;

    /// <summary>Makes a channel.</summary>
    /// <param name="url">The webhook, which is a secret.</param>
    /// <param name="links">What the message links to.</param>
    /// <param name="http">Sends.</param>
    public SlackChannel(Uri url, AlertLinks links, ChannelHttp http) => (_url, _links, _http) = (url, links, http);

    /// <inheritdoc />
    public async Task<Attempt> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var facts = AlertFacts.Of(notification, _links);
        var (attempt, _) = await _http.PostAsync(_url, JsonBody.Write(json => Write(json, facts)), null, [_url.AbsolutePath], cancellationToken);
        return attempt;
    }

    private static void Write(Utf8JsonWriter json, AlertFacts facts)
    {
        json.WriteStartObject();
        json.WriteString("text", HarmlessText.ForSlack(HarmlessText.Cut(facts.Title, MostHeader)));
        json.WriteBoolean("mrkdwn", false);
        json.WriteBoolean("unfurl_links", false);
        json.WriteBoolean("unfurl_media", false);
        json.WriteStartArray("blocks");
        Block(json, "header", "plain_text", HarmlessText.Cut(facts.Title, MostHeader));
        string[] lines =
        [
            HarmlessText.ForSlack(facts.Summary), facts.Times,
            .. facts.Evidence.Select(e => $"{e.Region.Code} {AlertFacts.Instant(e.At)}: {HarmlessText.ForSlack(e.Text)}"), $"key {facts.Incident.Key.Text}",
        ];
        Block(json, "section", "plain_text", HarmlessText.Join(lines, MostSection));
        var links = string.Join(" | ", new[] { (facts.Page, "Board"), (facts.Runbook, "Runbook") }.Where(l => l.Item1 is not null).Select(l => $"<{HarmlessText.ForHtml(l.Item1!)}|{l.Item2}>"));
        if (links.Length > 0) Block(json, "section", "mrkdwn", links);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Block(Utf8JsonWriter json, string type, string textType, string text)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteStartObject("text");
        json.WriteString("type", textType);
        json.WriteString("text", text);
        if (textType == "plain_text") json.WriteBoolean("emoji", false);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
