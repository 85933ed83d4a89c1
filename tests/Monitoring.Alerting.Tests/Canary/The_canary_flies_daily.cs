using Microsoft.Extensions.Logging.Abstractions;

namespace Monitoring.Alerting.Tests;

public sealed class The_canary_flies_daily
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_mark_goes_the_whole_way_and_comes_back()
    {
        Canary? canary = null;
        await using var receiver = await TestReceiver.StartAsync(async (_, received, _) =>
            await canary!.ArrivedAsync(System.Text.Encoding.UTF8.GetString(received.Bytes), Stop));
        await using var rig = await AlertRig.StartAsync(new() { ["test"] = AlertRig.Webhook(receiver) });
        using var scratch = new Scratch();
        await using var memory = await KeyedLog.OpenAsync(scratch.At("alerts.jsonl"), null, Stop);
        using var bird = canary = new Canary(new CanaryOptions(), rig.Outbox, memory, TimeProvider.System, NullLogger<Canary>.Instance);
        using var end = new CancellationTokenSource();
        var run = canary.RunAsync(end.Token);
        await receiver.UntilAsync(2);
        await end.CancelAsync();
        await run;
        Assert.Equal(["opened", "resolved"], receiver.All.Select(r => (string?)r.Json["kind"]));
        Assert.All(receiver.All, r => Assert.Equal("Canary", (string?)r.Json["rule"]));
        Assert.Null(canary.Missed);

        // The next one is due tomorrow, and a body without the mark proves nothing.
        Assert.True(canary.Due(DateTimeOffset.UtcNow) > DateTimeOffset.UtcNow);
        Assert.False(await canary.ArrivedAsync("canary-00000000000000000000000000000000", Stop));
    }

    [Fact]
    public async Task One_that_is_missed_is_an_incident_which_ends_when_the_next_one_comes_back()
    {
        var time = new VirtualTime(Incidents.Start);
        await using var rig = await AlertRig.StartAsync(new() { ["a"] = new Kept() });
        using var scratch = new Scratch();
        await using var memory = await KeyedLog.OpenAsync(scratch.At("alerts.jsonl"), null, Stop);
        using var canary = new Canary(new CanaryOptions(), rig.Outbox, memory, time, NullLogger<Canary>.Instance);
        var incident = new AlertingIncident(rig.Outbox, canary, memory, time, NullLogger<AlertingIncident>.Instance);
        using var end = new CancellationTokenSource();
        var runs = Task.WhenAll(canary.RunAsync(end.Token), incident.RunAsync(end.Token));
        var kept = Kept.Told;

        await Until.TrueAsync(() => kept.Any(n => n.Incident.Key.Rule == IncidentRule.Canary));
        await Until.TrueAsync(() => Moved(time, TimeSpan.FromMinutes(1), () => kept.Any(n => n.Incident.Key.Rule == IncidentRule.AlertingFailed && n.Kind == NotificationKind.Opened)));
        Assert.NotNull(canary.Missed);

        // Within the hour another one is sent, and this time it comes back.
        await Until.TrueAsync(() => Moved(time, TimeSpan.FromMinutes(1), () => kept.Any(n => n.Incident.Key is { Rule: IncidentRule.Canary, Epoch: 2 })));
        var second = kept.First(n => n.Incident.Key is { Rule: IncidentRule.Canary, Epoch: 2 });
        Assert.True(await canary.ArrivedAsync($"{{\"any\":\"{second.Incident.Summary}\"}}", Stop));
        await Until.TrueAsync(() => kept.Any(n => n.Incident.Key.Rule == IncidentRule.AlertingFailed && n.Kind == NotificationKind.Resolved));
        Assert.Null(canary.Missed);
        await end.CancelAsync();
        await runs;
    }

    [Fact]
    public async Task A_channel_that_gives_up_is_an_incident_told_through_the_others()
    {
        await using var refusing = await TestReceiver.StartAsync((context, received, _) =>
        {
            if (received.EventId.Contains("OrchestratorDown", StringComparison.Ordinal)) context.Response.StatusCode = 410;
            return Task.CompletedTask;
        });
        await using var other = await TestReceiver.StartAsync();
        await using var rig = await AlertRig.StartAsync(new() { ["broken"] = AlertRig.Webhook(refusing), ["other"] = AlertRig.Webhook(other) });
        using var scratch = new Scratch();
        await using var memory = await KeyedLog.OpenAsync(scratch.At("alerts.jsonl"), null, Stop);
        var incident = new AlertingIncident(rig.Outbox, null, memory, TimeProvider.System, NullLogger<AlertingIncident>.Instance);
        using var end = new CancellationTokenSource();
        var run = incident.RunAsync(end.Token);
        await rig.TakeAsync(Incidents.Opened());
        await other.UntilAsync(all => all.Any(r => (string?)r.Json["rule"] == "AlertingFailed"));
        var told = other.All.First(r => (string?)r.Json["rule"] == "AlertingFailed");
        Assert.Contains("channel broken gave up OrchestratorDown/", (string?)told.Json["summary"], StringComparison.Ordinal);

        // The broken channel takes this one, which shows that it works again.
        await other.UntilAsync(all => all.Any(r => (string?)r.Json["rule"] == "AlertingFailed" && (string?)r.Json["kind"] == "resolved"));
        await end.CancelAsync();
        await run;
    }

    private static bool Moved(VirtualTime time, TimeSpan span, Func<bool> condition)
    {
        if (condition()) return true;
        time.Advance(span);
        return false;
    }

    private sealed class Kept : IChannel
    {
        private static readonly System.Collections.Concurrent.ConcurrentQueue<Notification> All = [];

        public static IEnumerable<Notification> Told => All;

        public Task<Attempt> SendAsync(Notification notification, CancellationToken cancellationToken)
        {
            All.Enqueue(notification);
            return Task.FromResult(new Attempt(Verdict.Taken, 200, ""));
        }
    }
}
