using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Monitoring.Core;
using Monitoring.Testing;

namespace Monitoring.Probing.Tests.OwnHealth;

public sealed class ControlChecksTests
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [Fact]
    public async Task Controls_that_take_an_upload_and_give_a_download_say_that_all_is_well()
    {
        await using var one = await ControlServer.StartAsync();
        await using var two = await ControlServer.StartAsync();
        long uploaded = 0;
        two.Answer = async http =>
        {
            if (HttpMethods.IsPost(http.Request.Method))
            {
                using var taken = new MemoryStream();
                await http.Request.Body.CopyToAsync(taken);
                Interlocked.Add(ref uploaded, taken.Length);
            }
            else
            {
                await ControlServer.GiveAsync(http, 1_000_000);
            }
        };
        using var checks = Checks(new ControlOptions { Controls = [one.Uri, two.Uri] });
        Assert.Equal(OwnHealthReport.ProvenWell, await checks.CheckAsync(fresh: true, Never));
        Assert.Equal((2, 2, 750_000), (one.Requests, two.Requests, uploaded));
    }

    [Fact]
    public async Task Without_controls_nothing_can_be_told_and_all_counts_as_well()
    {
        using var checks = Checks(new ControlOptions());
        Assert.Equal(OwnHealthReport.Well, await checks.CheckAsync(fresh: true, Never));
    }

    [Fact]
    public async Task One_control_that_fails_is_enough()
    {
        await using var well = await ControlServer.StartAsync();
        await using var ill = await ControlServer.StartAsync();
        ill.Answer = http => Status(http, 500);
        using var checks = Checks(new ControlOptions { Controls = [well.Uri, ill.Uri] });
        AssertUnwell(OutcomeCode.OurNetwork, "500", await checks.CheckAsync(fresh: true, Never));
    }

    [Fact]
    public async Task A_control_that_takes_no_uploads_still_proves_that_they_go_out()
    {
        await using var control = await ControlServer.StartAsync();
        control.Answer = async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null);
            if (HttpMethods.IsPost(http.Request.Method)) await Status(http, 405);
            else await ControlServer.GiveAsync(http, 1_000_000);
        };
        using var checks = Checks(new ControlOptions { Controls = [control.Uri] });
        Assert.Equal(OwnHealthReport.ProvenWell, await checks.CheckAsync(fresh: true, Never));
    }

    [Fact]
    public async Task A_download_that_is_refused_is_our_network()
    {
        await using var control = await ControlServer.StartAsync();
        control.Answer = http => HttpMethods.IsGet(http.Request.Method) ? Status(http, 404) : ControlServer.TakeAndGiveAsync(http);
        using var checks = Checks(new ControlOptions { Controls = [control.Uri] });
        AssertUnwell(OutcomeCode.OurNetwork, "404", await checks.CheckAsync(fresh: true, Never));
    }

    [Fact]
    public async Task A_download_of_less_than_half_a_segment_is_our_network()
    {
        await using var control = await ControlServer.StartAsync();
        control.Answer = http => HttpMethods.IsGet(http.Request.Method) ? ControlServer.GiveAsync(http, 374_999) : ControlServer.TakeAndGiveAsync(http);
        using var checks = Checks(new ControlOptions { Controls = [control.Uri] });
        AssertUnwell(OutcomeCode.OurNetwork, "374999", await checks.CheckAsync(fresh: true, Never));
        control.Answer = http => HttpMethods.IsGet(http.Request.Method) ? ControlServer.GiveAsync(http, 375_000) : ControlServer.TakeAndGiveAsync(http);
        using var again = Checks(new ControlOptions { Controls = [control.Uri] });
        Assert.Equal(OwnHealthReport.ProvenWell, await again.CheckAsync(fresh: true, Never));
    }

    [Fact]
    public async Task A_way_that_is_slower_than_twice_the_bitrate_is_our_overload()
    {
        await using var control = await ControlServer.StartAsync();

        // No machine is that fast, so every machine is slow.
        using var checks = Checks(new ControlOptions { Controls = [control.Uri], LeastBytesPerSecond = 1L << 60 });
        AssertUnwell(OutcomeCode.OurOverload, "upload", await checks.CheckAsync(fresh: true, Never));
    }

    [Fact]
    public async Task A_slow_download_is_told_from_a_slow_upload()
    {
        await using var control = await ControlServer.StartAsync();
        var time = new VirtualTime(DateTimeOffset.UtcNow);
        control.Answer = http =>
        {
            if (HttpMethods.IsGet(http.Request.Method)) time.Advance(TimeSpan.FromSeconds(2));
            return ControlServer.TakeAndGiveAsync(http);
        };
        using var checks = Checks(new ControlOptions { Controls = [control.Uri] }, time);
        AssertUnwell(OutcomeCode.OurOverload, "download", await checks.CheckAsync(fresh: true, Never));
    }

    [Fact]
    public async Task A_control_that_refuses_the_connection_is_our_network()
    {
        using var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var checks = Checks(new ControlOptions { Controls = [new Uri($"http://127.0.0.1:{((IPEndPoint)held.LocalEndPoint!).Port}")] });
        AssertUnwell(OutcomeCode.OurNetwork, "127.0.0.1", await checks.CheckAsync(fresh: true, Never));
    }

    [Fact]
    public async Task A_control_that_never_answers_is_our_network_after_the_limit()
    {
        await using var control = await ControlServer.StartAsync();
        control.Answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        using var checks = Checks(new ControlOptions { Controls = [control.Uri], Timeout = TimeSpan.FromMilliseconds(300) });
        AssertUnwell(OutcomeCode.OurNetwork, "no answer", await checks.CheckAsync(fresh: true, Never));
    }

    [Fact]
    public async Task A_control_that_breaks_off_is_our_network()
    {
        await using var control = await ControlServer.StartAsync();
        control.Answer = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        };
        using var checks = Checks(new ControlOptions { Controls = [control.Uri] });
        AssertUnwell(OutcomeCode.OurNetwork, "127.0.0.1", await checks.CheckAsync(fresh: true, Never));
    }

    [Theory]
    [InlineData(-9, false)]
    [InlineData(9, false)]
    [InlineData(-2, true)]
    [InlineData(2, true)]
    public async Task A_clock_that_is_off_is_our_clock(int seconds, bool well)
    {
        await using var control = await ControlServer.StartAsync();
        var time = new VirtualTime(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        control.Answer = http =>
        {
            http.Response.Headers.Date = time.GetUtcNow().AddSeconds(seconds).ToString("r");
            return ControlServer.TakeAndGiveAsync(http);
        };
        using var checks = Checks(new ControlOptions { Controls = [control.Uri] }, time);
        var report = await checks.CheckAsync(fresh: true, Never);
        if (well) Assert.Equal(OwnHealthReport.ProvenWell, report);
        else AssertUnwell(OutcomeCode.OurClock, "127.0.0.1", report);
    }

    [Fact]
    public async Task A_result_is_kept_for_a_minute_and_for_five_seconds_where_a_fresh_one_is_asked_for()
    {
        await using var control = await ControlServer.StartAsync();
        var time = new VirtualTime(DateTimeOffset.UtcNow);
        using var checks = Checks(new ControlOptions { Controls = [control.Uri], ClockTolerance = TimeSpan.FromDays(1) }, time);
        await checks.CheckAsync(fresh: false, Never);
        Assert.Equal(2, control.Requests);
        time.Advance(TimeSpan.FromSeconds(4.9));
        await checks.CheckAsync(fresh: true, Never);
        Assert.Equal(2, control.Requests);
        time.Advance(TimeSpan.FromSeconds(0.1));
        await checks.CheckAsync(fresh: true, Never);
        Assert.Equal(4, control.Requests);
        time.Advance(TimeSpan.FromSeconds(59.9));
        await checks.CheckAsync(fresh: false, Never);
        Assert.Equal(4, control.Requests);
        time.Advance(TimeSpan.FromSeconds(0.1));
        control.Answer = http => Status(http, 503);
        AssertUnwell(OutcomeCode.OurNetwork, "503", await checks.CheckAsync(fresh: false, Never));

        // A bad result is kept as well, and is over when the control is well again.
        control.Answer = ControlServer.TakeAndGiveAsync;
        AssertUnwell(OutcomeCode.OurNetwork, "503", await checks.CheckAsync(fresh: false, Never));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(OwnHealthReport.ProvenWell, await checks.CheckAsync(fresh: true, Never));
    }

    [Fact]
    public async Task Many_who_ask_at_once_share_one_check()
    {
        await using var control = await ControlServer.StartAsync();
        using var checks = Checks(new ControlOptions { Controls = [control.Uri] });
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => checks.CheckAsync(fresh: true, Never)));
        Assert.Equal(2, control.Requests);
    }

    [Fact]
    public async Task Whoever_gives_up_waiting_leaves_no_result_behind()
    {
        await using var control = await ControlServer.StartAsync();
        control.Answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        using var checks = Checks(new ControlOptions { Controls = [control.Uri] });
        using var gaveUp = new CancellationTokenSource();
        var check = checks.CheckAsync(fresh: true, gaveUp.Token);
        await control.Asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        await gaveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => check);
        control.Answer = ControlServer.TakeAndGiveAsync;
        Assert.Equal(OwnHealthReport.ProvenWell, await checks.CheckAsync(fresh: true, Never));
    }

    private static ControlChecks Checks(ControlOptions options, TimeProvider? time = null) =>
        new(options, new SocketsHttpHandler(), time ?? TimeProvider.System, NullLogger<ControlChecks>.Instance);

    private static Task Status(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static void AssertUnwell(OutcomeCode fault, string said, OwnHealthReport report)
    {
        Assert.Equal(fault, report.Fault);
        Assert.Contains(said, report.Detail, StringComparison.Ordinal);
    }
}
