using Monitoring.Core;

namespace Monitoring.Alerting;

/// <summary>A Discord webhook. It mentions nobody, shows no previews, and a stranger's words stand as code, where nothing is markup.</summary>
public sealed class DiscordChannel : IChannel
{
    /// <summary>Most characters of a message.</summary>
    public const int MostContent = 2_000;

    private const int SuppressEmbeds = 4;

    private readonly Uri _url;
    private readonly AlertLinks _links;
    private readonly ChannelHttp _http;

    /// <summary>Makes a channel.</summary>
    /// <param name="url">The webhook, which is a secret.</param>
    /// <param name="links">What the message links to.</param>
    /// <param name="http">Sends.</param>
    public DiscordChannel(Uri url, AlertLinks links, ChannelHttp http) => (_url, _links, _http) = (url, links, http);

    /// <inheritdoc />
    public async Task<Attempt> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var facts = AlertFacts.Of(notification, _links);
        var body = JsonBody.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("content", Content(facts));
            json.WriteStartObject("allowed_mentions");
            json.WriteStartArray("parse");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteNumber("flags", SuppressEmbeds);
            json.WriteEndObject();
        });
        var (attempt, _) = await _http.PostAsync(_url, body, null, [_url.AbsolutePath], cancellationToken);
        return attempt;
    }

    private static string Content(AlertFacts facts)
    {
        List<string> lines = [$"**{facts.Title}**", HarmlessText.ForDiscord(facts.Summary), facts.Times];
        if (facts.Page is not null) lines.Add($"<{facts.Page}>");
        if (facts.Runbook is not null) lines.Add($"runbook <{facts.Runbook}>");
        lines.Add($"key `{facts.Incident.Key.Text}`");
        lines.AddRange(facts.Evidence.Select(e => $"{e.Region.Code} {AlertFacts.Instant(e.At)}: {HarmlessText.ForDiscord(e.Text)}"));
        return HarmlessText.Join(lines, MostContent);
    }
}
