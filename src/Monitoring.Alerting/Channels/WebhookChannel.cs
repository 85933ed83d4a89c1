using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Monitoring.Core;

namespace Monitoring.Alerting;

/// <summary>
/// Posts an incident as JSON to any URL, signed. How a receiver verifies it: take the bytes of the body as they came; compute HMAC-SHA256 with
/// the secret over <c>timestamp + "." + body</c>, where the timestamp is the text of the header <see cref="TimestampHeader"/>; compare
/// <c>v1=</c> and its lower-case hex with the header <see cref="SignatureHeader"/>, in constant time; refuse timestamps that are more than five
/// minutes off; and drop an event whose <see cref="EventHeader"/> was seen before, for a delivery may come twice.
/// </summary>
public sealed class WebhookChannel : IChannel
{
    /// <summary>Names the event: the incident's key and the sequence. The same on every attempt.</summary>
    public const string EventHeader = "Monitor-Event-Id";

    /// <summary>Seconds since 1970, when this attempt was made.</summary>
    public const string TimestampHeader = "Monitor-Timestamp";

    /// <summary><c>v1=</c> and 64 lower-case hex digits.</summary>
    public const string SignatureHeader = "Monitor-Signature";

    private readonly Uri _url;
    private readonly byte[] _secret;
    private readonly AlertLinks _links;
    private readonly ChannelHttp _http;
    private readonly TimeProvider _time;

    /// <summary>Makes a channel.</summary>
    /// <param name="url">Where to; it may hold a secret and is never logged.</param>
    /// <param name="secret">Signs; at least 16 characters.</param>
    /// <param name="links">What the event links to.</param>
    /// <param name="http">Sends.</param>
    /// <param name="time">The clock of the timestamps.</param>
    public WebhookChannel(Uri url, string secret, AlertLinks links, ChannelHttp http, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(secret);
        (_url, _secret, _links, _http, _time) = (url, Encoding.UTF8.GetBytes(secret), links, http, time);
    }

    /// <inheritdoc />
    public async Task<Attempt> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var facts = AlertFacts.Of(notification, _links);
        var (attempt, _) = await PostAsync(EventId(notification), JsonBody.Write(json => Write(json, facts)), cancellationToken);
        return attempt;
    }

    /// <summary>The signature of a body.</summary>
    /// <param name="secret">The secret, UTF-8.</param>
    /// <param name="timestamp">The text of the timestamp's header.</param>
    /// <param name="body">The bytes of the body.</param>
    public static string Sign(ReadOnlySpan<byte> secret, string timestamp, ReadOnlySpan<byte> body) =>
        "v1=" + Convert.ToHexStringLower(HMACSHA256.HashData(secret, [.. Encoding.UTF8.GetBytes(timestamp), (byte)'.', .. body]));

    internal Task<(Attempt Attempt, string Body)> PostAsync(string eventId, byte[] body, CancellationToken cancellationToken)
    {
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return _http.PostAsync(
            _url, body, [new(EventHeader, eventId), new(TimestampHeader, timestamp), new(SignatureHeader, Sign(_secret, timestamp, body))],
            [_url.PathAndQuery, Encoding.UTF8.GetString(_secret)], cancellationToken);
    }

    internal static string EventId(Notification notification) =>
        string.Create(CultureInfo.InvariantCulture, $"{notification.Incident.Key.Text}#{notification.Sequence}");

    private static void Write(Utf8JsonWriter json, AlertFacts facts)
    {
        var incident = facts.Incident;
        json.WriteStartObject();
        json.WriteString("type", "incident");
        json.WriteString("event_id", EventId(facts.Notification));
        json.WriteString("dedup_key", incident.Key.Text);
        json.WriteNumber("sequence", facts.Notification.Sequence);
        json.WriteString("kind", facts.Notification.Kind.ToString().ToLowerInvariant());
        json.WriteString("rule", incident.Key.Rule.ToString());
        json.WriteString("severity", incident.Severity.ToString().ToLowerInvariant());
        json.WriteString("orchestrator", incident.Key.Orchestrator?.Text);
        json.WriteString("region", incident.Key.Region?.Code);
        json.WriteNumber("epoch", incident.Key.Epoch);
        json.WriteString("title", facts.Title);
        json.WriteString("summary", facts.Summary);
        json.WriteString("since", incident.Since.UtcDateTime);
        json.WriteString("opened_at", incident.OpenedAt.UtcDateTime);
        if (incident.ResolvedAt is { } end) json.WriteString("resolved_at", end.UtcDateTime);
        else json.WriteNull("resolved_at");
        json.WriteStartArray("evidence");
        foreach (var evidence in facts.Evidence)
        {
            json.WriteStartObject();
            json.WriteString("region", evidence.Region.Code);
            json.WriteString("at", evidence.At.UtcDateTime);
            json.WriteString("text", evidence.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("page", facts.Page);
        json.WriteString("runbook_url", facts.Runbook);
        json.WriteEndObject();
    }
}
