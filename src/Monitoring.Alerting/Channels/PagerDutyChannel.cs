using System.Text.Json;
using Monitoring.Core;

namespace Monitoring.Alerting;

/// <summary>
/// PagerDuty's Events API v2: <c>trigger</c> and <c>resolve</c> under the incident's key. Its 202 means that the event was accepted; a change
/// is one more trigger under the same key, which updates the alert.
/// </summary>
public sealed class PagerDutyChannel : IChannel
{
    /// <summary>Where events go unless another address is configured (the EU has its own).</summary>
    public static Uri DefaultUrl { get; } = new("https://events.pagerduty.com/v2/enqueue");

    private const int MostSummary = 1024;

    private readonly Uri _url;
    private readonly string _routingKey;
    private readonly AlertLinks _links;
    private readonly ChannelHttp _http;

    /// <summary>Makes a channel.</summary>
    /// <param name="url">The address of the API.</param>
    /// <param name="routingKey">The integration's key.</param>
    /// <param name="links">What the alert links to.</param>
    /// <param name="http">Sends.</param>
    public PagerDutyChannel(Uri url, string routingKey, AlertLinks links, ChannelHttp http) =>
        (_url, _routingKey, _links, _http) = (url, routingKey, links, http);

    /// <inheritdoc />
    public async Task<Attempt> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var facts = AlertFacts.Of(notification, _links);
        var (attempt, _) = await _http.PostAsync(_url, JsonBody.Write(json => Write(json, facts)), null, [_routingKey], cancellationToken);
        return attempt;
    }

    private void Write(Utf8JsonWriter json, AlertFacts facts)
    {
        var incident = facts.Incident;
        json.WriteStartObject();
        json.WriteString("routing_key", _routingKey);
        json.WriteString("event_action", facts.IsOver ? "resolve" : "trigger");
        json.WriteString("dedup_key", incident.Key.Text);
        json.WriteString("client", "Livepeer monitor");
        if (facts.Page is not null) json.WriteString("client_url", facts.Page);
        json.WriteStartObject("payload");
        json.WriteString("summary", HarmlessText.Cut($"{incident.Key.Rule}: {facts.Subject} ({facts.Scope}): {facts.Summary}", MostSummary));
        json.WriteString("source", facts.Subject);
        json.WriteString("severity", incident.Severity switch { Severity.Page => "critical", Severity.Warning => "warning", _ => "info" });
        json.WriteString("timestamp", incident.Since.UtcDateTime);
        json.WriteString("component", facts.Scope);
        json.WriteString("class", incident.Key.Rule.ToString());
        json.WriteStartObject("custom_details");
        json.WriteString("state", facts.Times);
        foreach (var evidence in facts.Evidence) json.WriteString(evidence.Region.Code, $"{AlertFacts.Instant(evidence.At)} {evidence.Text}");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("links");
        foreach (var (href, text) in new[] { (facts.Page, "Board"), (facts.Runbook, "Runbook") })
        {
            if (href is null) continue;
            json.WriteStartObject();
            json.WriteString("href", href);
            json.WriteString("text", text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
