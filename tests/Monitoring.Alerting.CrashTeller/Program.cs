using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Monitoring.Alerting;
using Monitoring.Core;
using Monitoring.Storage;

// Takes notifications from its input ("incident sequence kind", a line each), says "taken incident sequence" once one is durable, and tells
// all of them to the webhooks it was started with. It is meant to be killed at any instant.
var time = TimeProvider.System;
using var invoker = ChannelHttp.ForConfigured();
var http = new ChannelHttp(invoker, time);
var channels = args.Skip(1).Select((url, i) => ($"hook-{i}", (IChannel)new WebhookChannel(new Uri(url), "a secret of sixteen", AlertLinks.None, http, time)))
    .ToImmutableDictionary(c => c.Item1, c => c.Item2);
var policy = new DeliveryPolicy
{
    Attempt = TimeSpan.FromSeconds(3), FirstWait = TimeSpan.FromMilliseconds(20), LongestWait = TimeSpan.FromMilliseconds(300), LongestRest = TimeSpan.FromMilliseconds(100),
};
await using var store = await LogOutbox.OpenAsync(Path.Combine(args[0], "outbox.jsonl"), new OutboxBounds(), null, CancellationToken.None);
var outbox = new AlertOutbox(store, new Router([], [.. channels.Keys]), channels, null, policy, new Random(), time, NullLogger<AlertOutbox>.Instance);
using var stop = new CancellationTokenSource();
var run = outbox.RunAsync(stop.Token);
Console.WriteLine("ready");
while (await Console.In.ReadLineAsync() is { } line)
{
    var words = line.Split(' ');
    var number = int.Parse(words[0], CultureInfo.InvariantCulture);
    var start = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero) + TimeSpan.FromSeconds(number);
    var kind = Enum.Parse<NotificationKind>(words[2]);
    var incident = new Incident
    {
        Key = new IncidentKey(IncidentRule.OrchestratorDown, OrchestratorId.Parse($"0x{number:x40}"), null, 1),
        Severity = Severity.Page,
        Since = start,
        OpenedAt = start,
        ResolvedAt = kind == NotificationKind.Resolved ? start.AddMinutes(5) : null,
        Summary = "It does not answer.",
    };
    await outbox.TakeAsync(new Notification(kind, int.Parse(words[1], CultureInfo.InvariantCulture), incident), CancellationToken.None);
    Console.WriteLine($"taken {words[0]} {words[1]}");
}

await stop.CancelAsync();
await run;
