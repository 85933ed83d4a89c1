using System.Text.Json;
using Monitoring.Core;

namespace Monitoring.Alerting;

/// <summary>
/// Prometheus Alertmanager's API v2. An alert's identity is its labels; it is repeated to every replica while it lasts, each time with an end
/// a few repetitions ahead, so that an Alertmanager which misses us lets it end by itself. A delivery counts as taken when one replica has it;
/// the others get it with the next repetition.
/// </summary>
public sealed class AlertmanagerChannel : IRepeatingChannel
{
    private const string Path = "/api/v2/alerts";
    private const int MostAlerts = 64;

    /// <summary>How far ahead the end of an alert that lasts is written. 5 min.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    /// <summary>What one replica gets of an attempt, so that one that hangs does not make the others' answers void. 4 s.</summary>
    private static readonly TimeSpan ReplicaLimit = TimeSpan.FromSeconds(4);

    private readonly ImmutableArray<Uri> _replicas;
    private readonly AlertLinks _links;
    private readonly ChannelHttp _http;
    private readonly TimeProvider _time;

    /// <summary>Makes a channel.</summary>
    /// <param name="replicas">The addresses of all replicas, without the path of the API; at least one.</param>
    /// <param name="links">What the alert links to.</param>
    /// <param name="http">Sends.</param>
    /// <param name="time">The clock of the ends.</param>
    public AlertmanagerChannel(ImmutableArray<Uri> replicas, AlertLinks links, ChannelHttp http, TimeProvider time)
    {
        if (replicas.IsDefaultOrEmpty) throw new ArgumentException("At least one replica is expected.", nameof(replicas));
        (_replicas, _links, _http, _time) = ([.. replicas.Select(r => new Uri(r.AbsoluteUri.TrimEnd('/') + Path))], links, http, time);
    }

    /// <inheritdoc />
    public Task<Attempt> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        return PostAsync([notification], cancellationToken);
    }

    /// <inheritdoc />
    public async Task<Attempt> RepeatAsync(IReadOnlyList<Notification> standing, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(standing);
        var last = new Attempt(Verdict.Taken, 0, "");
        foreach (var batch in standing.Chunk(MostAlerts))
        {
            last = await PostAsync(batch, cancellationToken);
            if (last.Verdict != Verdict.Taken) break;
        }

        return last;
    }

    private async Task<Attempt> PostAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken)
    {
        var body = JsonBody.Write(json =>
        {
            json.WriteStartArray();
            foreach (var notification in notifications) Write(json, AlertFacts.Of(notification, _links));
            json.WriteEndArray();
        });
        var attempts = await Task.WhenAll(_replicas.Select(replica => PostAsync(replica, body, cancellationToken)));

        // Refused by one and failed by another: the one that failed may take it yet.
        return attempts.OrderBy(a => a.Verdict).First();
    }

    private async Task<Attempt> PostAsync(Uri replica, byte[] body, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ReplicaLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return (await _http.PostAsync(replica, body, null, [], either.Token)).Attempt;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Attempt(Verdict.Failed, 0, $"no answer within {ReplicaLimit.TotalSeconds:0.###} s");
        }
    }

    private void Write(Utf8JsonWriter json, AlertFacts facts)
    {
        Write(json, facts, facts.Incident.Severity, facts.IsOver);

        // The severity is a label, so a change of it makes another alert: whichever there was before ends.
        if (facts.Notification.Kind == NotificationKind.Opened) return;
        foreach (var other in Enum.GetValues<Severity>())
        {
            if (other != facts.Incident.Severity) Write(json, facts, other, isOver: true);
        }
    }

    private void Write(Utf8JsonWriter json, AlertFacts facts, Severity severity, bool isOver)
    {
        var incident = facts.Incident;
        var end = isOver ? incident.ResolvedAt ?? _time.GetUtcNow() : _time.GetUtcNow() + Ahead;
        json.WriteStartObject();
        json.WriteStartObject("labels");
        json.WriteString("alertname", incident.Key.Rule.ToString());
        json.WriteString("severity", severity.ToString().ToLowerInvariant());
        if (incident.Key.Orchestrator is { } orchestrator) json.WriteString("orchestrator", orchestrator.Text);
        json.WriteString("region", incident.Key.Region?.Code ?? "all");
        json.WriteString("incident", incident.Key.Text);
        json.WriteString("source", "livepeer-monitor");
        json.WriteEndObject();
        json.WriteStartObject("annotations");
        json.WriteString("summary", facts.Summary);
        json.WriteString("description", string.Join('\n', facts.Evidence.Select(e => $"{e.Region.Code} {AlertFacts.Instant(e.At)}: {e.Text}").Prepend(facts.Times)));
        if (facts.Runbook is not null) json.WriteString("runbook_url", facts.Runbook);
        if (facts.Page is not null) json.WriteString("page_url", facts.Page);
        json.WriteEndObject();
        if (facts.Page is not null) json.WriteString("generatorURL", facts.Page);
        json.WriteString("startsAt", incident.Since.UtcDateTime);
        json.WriteString("endsAt", (end < incident.Since ? incident.Since : end).UtcDateTime);
        json.WriteEndObject();
    }
}
