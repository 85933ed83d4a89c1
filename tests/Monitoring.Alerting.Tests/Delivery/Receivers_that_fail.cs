using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Monitoring.Alerting.Tests;

/// <summary>Real receivers on loopback that fail in every way receivers do.</summary>
public sealed class Receivers_that_fail
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(408)]
    [InlineData(429)]
    public async Task A_receiver_that_fails_for_a_while_gets_everything_in_order(int status)
    {
        await using var receiver = await TestReceiver.StartAsync((context, _, before) =>
        {
            context.Response.StatusCode = before < 3 ? status : 200;
            return Task.CompletedTask;
        });
        await using var rig = await AlertRig.StartAsync(new() { ["hook"] = AlertRig.Webhook(receiver) });
        var opened = Incidents.Opened();
        await rig.TakeAsync(opened);
        await rig.TakeAsync(opened.Changed());
        await rig.TakeAsync(opened.Changed().Resolved());
        await receiver.UntilAsync(all => all.Any(r => r.EventId.EndsWith("#2", StringComparison.Ordinal)));

        var accepted = receiver.All.Skip(3).Select(r => r.EventId).ToList();
        Assert.Equal([$"{opened.Incident.Key.Text}#0", $"{opened.Incident.Key.Text}#1", $"{opened.Incident.Key.Text}#2"], accepted);
        Assert.All(receiver.All.Take(3), r => Assert.EndsWith("#0", r.EventId, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_channel_that_hangs_holds_up_no_other()
    {
        var release = new TaskCompletionSource();
        await using var hanging = await TestReceiver.StartAsync((_, _, _) => release.Task);
        await using var quick = await TestReceiver.StartAsync();
        await using var rig = await AlertRig.StartAsync(
            new() { ["a-hanging"] = AlertRig.Webhook(hanging), ["b-quick"] = AlertRig.Webhook(quick) }, policy: AlertRig.Quick with { Attempt = TimeSpan.FromMinutes(5) });
        for (var i = 1; i <= 20; i++) await rig.TakeAsync(Incidents.Opened(i));
        await quick.UntilAsync(20);
        Assert.Empty(hanging.All);
        release.SetResult();
        await hanging.UntilAsync(20);
    }

    [Fact]
    public async Task A_receiver_that_never_answers_is_given_up_for_now_and_asked_again()
    {
        await using var receiver = await TestReceiver.StartAsync(async (context, _, before) =>
        {
            if (before > 0) return;

            // Until the monitor hangs up.
            var gone = new TaskCompletionSource();
            await using (context.RequestAborted.Register(() => gone.TrySetResult())) await gone.Task;
        });
        await using var rig = await AlertRig.StartAsync(new() { ["hook"] = AlertRig.Webhook(receiver) }, policy: AlertRig.Quick with { Attempt = TimeSpan.FromMilliseconds(300) });
        await rig.TakeAsync(Incidents.Opened());
        await receiver.UntilAsync(2);
        Assert.Single(receiver.All.Select(r => r.EventId).Distinct());
    }

    [Fact]
    public async Task A_receiver_that_drops_connections_gets_it_in_the_end()
    {
        // Accepts, reads a little, and hangs up, three times; then the real one takes over the same port.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        await using var rig = await AlertRig.StartAsync(new() { ["hook"] = AlertRig.Webhook(url) });
        await rig.TakeAsync(Incidents.Opened());
        for (var i = 0; i < 3; i++)
        {
            using var client = await listener.AcceptTcpClientAsync(Stop);
            await client.GetStream().ReadAtLeastAsync(new byte[16], 16, cancellationToken: Stop);
            client.LingerState = new LingerOption(true, 0);
        }

        using var last = await listener.AcceptTcpClientAsync(Stop);
        var stream = last.GetStream();
        var seen = "";
        var buffer = new byte[8192];
        while (!seen.Contains("\"page\":null", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer, Stop);
            Assert.NotEqual(0, read);
            seen += System.Text.Encoding.UTF8.GetString(buffer, 0, read);
        }

        await stream.WriteAsync("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), Stop);
        await Until.TrueAsync(() => rig.Outbox.Waiting == 0);
        Assert.Equal(1, rig.Outbox.Watch.ToldCount);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(301)]
    public async Task What_is_refused_for_good_becomes_a_dead_letter_and_the_next_incident_goes_on(int status)
    {
        await using var receiver = await TestReceiver.StartAsync(async (context, received, _) =>
        {
            if (!received.EventId.Contains(Incidents.Orchestrator(1).Text, StringComparison.Ordinal)) return;
            context.Response.StatusCode = status;
            await context.Response.WriteAsync("no such a secret of sixteen", context.RequestAborted);
        });
        await using var rig = await AlertRig.StartAsync(new() { ["hook"] = AlertRig.Webhook(receiver) });
        await rig.TakeAsync(Incidents.Opened(1));
        await rig.TakeAsync(Incidents.Opened(2));
        await Until.TrueAsync(() => rig.Outbox.Waiting == 0);
        var letter = Assert.Single(await rig.Store.ReadDeadAsync(Stop));
        Assert.Equal(status, letter.Status);
        Assert.Equal(Incidents.Orchestrator(1), letter.Delivery.Notification.Incident.Key.Orchestrator);
        Assert.DoesNotContain("a secret of sixteen", letter.Why, StringComparison.Ordinal);
        Assert.Equal(1, rig.Outbox.Watch.DeadCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_wait_that_the_receiver_asks_for_is_kept_in_seconds_and_as_a_date(bool asDate)
    {
        await using var receiver = await TestReceiver.StartAsync((context, _, _) =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = asDate ? DateTimeOffset.UtcNow.AddHours(20).ToString("R", CultureInfo.InvariantCulture) : "120";
            return Task.CompletedTask;
        });
        await using var rig = await AlertRig.StartAsync(new() { ["hook"] = AlertRig.Webhook(receiver) });
        var before = DateTimeOffset.UtcNow;
        await rig.TakeAsync(Incidents.Opened(1));
        await Until.TrueAsync(() => rig.Outbox.Watch.FailedCount > 0);
        OwedDelivery owed = null!;
        await Until.TrueAsync(async () => (owed = (await rig.Store.ReadAsync(Stop)).Single()).Attempts > 0);

        // 20 hours are cut to the hour that is allowed.
        var wait = owed.NotBefore!.Value - before;
        Assert.InRange(wait, asDate ? TimeSpan.FromMinutes(59) : TimeSpan.FromSeconds(119), asDate ? TimeSpan.FromMinutes(65) : TimeSpan.FromMinutes(7));

        // The whole channel rests: another incident does not knock in the meantime.
        await rig.TakeAsync(Incidents.Opened(2));
        await rig.StopAsync();
        Assert.Single(receiver.All);

        // And after a restart the wait still stands.
        await rig.StartAsync();
        Assert.Equal(owed.NotBefore, (await rig.Store.ReadAsync(Stop)).First().NotBefore);
    }

    [Fact]
    public async Task What_is_owed_is_told_after_a_restart_and_nothing_is_told_twice_without_need()
    {
        var isUp = false;
        await using var receiver = await TestReceiver.StartAsync((context, _, _) =>
        {
            context.Response.StatusCode = Volatile.Read(ref isUp) ? 200 : 500;
            return Task.CompletedTask;
        });
        await using var rig = await AlertRig.StartAsync(new() { ["hook"] = AlertRig.Webhook(receiver) });
        for (var i = 1; i <= 5; i++) await rig.TakeAsync(Incidents.Opened(i));
        await receiver.UntilAsync(1);
        await rig.StopAsync();
        var refused = receiver.All.Count;
        Volatile.Write(ref isUp, true);
        await rig.StartAsync();
        await rig.TakeAsync(Incidents.Opened(3));
        await Until.TrueAsync(() => rig.Outbox.Waiting == 0);
        Assert.Equal(Enumerable.Range(1, 5).Select(i => $"{Incidents.Opened(i).Incident.Key.Text}#0"), receiver.All.Skip(refused).Select(r => r.EventId).Order());
    }
}
