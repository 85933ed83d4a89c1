using System.Net;
using System.Net.Sockets;

namespace Monitoring.Net.Tests.Dialling;

public sealed class SafeDialerTests
{
    private static readonly DialPolicy Simulated = new() { AllowLoopback = true };
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("127.1")]
    [InlineData("127.0.1")]
    [InlineData("127.0.0.01")]
    [InlineData("127.0.0.0x1")]
    [InlineData("127.0.0.256")]
    [InlineData("1.2.3.4.5")]
    [InlineData("host.123")]
    [InlineData("host.0x")]
    [InlineData("127.0.0.1.0")]
    [InlineData("１２７.0.0.1")]
    [InlineData("127。0。0。1")]
    [InlineData("fe80::1%lo")]
    [InlineData("[::1%25lo]")]
    [InlineData("::1]")]
    [InlineData("[127.0.0.1]")]
    [InlineData("[localhost]")]
    [InlineData("::gggg")]
    [InlineData("host name")]
    [InlineData("host\0.example")]
    [InlineData("user@host")]
    [InlineData("host/path")]
    [InlineData("bücher.example")]
    public async Task An_odd_host_is_refused_and_nobody_is_asked(string host)
    {
        var resolver = new ScriptedResolver("127.0.0.1");
        var dialer = new SafeDialer(Simulated, resolver, TimeProvider.System, NeverConnect);

        var e = await Assert.ThrowsAsync<DialException>(() => dialer.ConnectAsync(host, 80, Cancel));

        Assert.Equal(DialFailure.BadHost, e.Failure);
        Assert.Equal(0, resolver.Asked);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65536)]
    public async Task A_port_outside_1_to_65535_is_refused(int port)
    {
        var dialer = new SafeDialer(Simulated, new ScriptedResolver("127.0.0.1"), TimeProvider.System, NeverConnect);
        var e = await Assert.ThrowsAsync<DialException>(() => dialer.ConnectAsync("host.example", port, Cancel));
        Assert.Equal(DialFailure.BadHost, e.Failure);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1.")]
    [InlineData("[::1]")]
    [InlineData("0:0:0:0:0:0:0:1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("10.0.0.1")]
    [InlineData("[fd00::1]")]
    public async Task A_literal_is_checked_like_any_other_address(string host)
    {
        var dialer = new SafeDialer(new DialPolicy(), new SilentResolver(), TimeProvider.System, NeverConnect);
        var e = await Assert.ThrowsAsync<DialException>(() => dialer.ConnectAsync(host, 80, Cancel));
        Assert.Equal(DialFailure.Blocked, e.Failure);
    }

    [Fact]
    public async Task A_name_that_means_loopback_is_blocked_without_the_setting()
    {
        await using var server = new LoopbackServer((_, _) => Task.CompletedTask);
        var dialer = new SafeDialer(new DialPolicy(), new SystemNameResolver(), TimeProvider.System);

        var e = await Assert.ThrowsAsync<DialException>(() => dialer.ConnectAsync("localhost", server.Port, Cancel));

        Assert.Equal(DialFailure.Blocked, e.Failure);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task With_the_setting_loopback_is_dialled_without_delay_of_small_writes()
    {
        await using var server = new LoopbackServer((_, ct) => Task.Delay(Timeout.Infinite, ct));
        Socket? seen = null;
        var dialer = new SafeDialer(Simulated, new ScriptedResolver("127.0.0.1"), TimeProvider.System);

        using var connection = await dialer.ConnectAsync("orchestrator.example", server.Port, Cancel);
        seen = ((NetworkStream)connection.Stream).Socket;

        Assert.Equal(new IPEndPoint(IPAddress.Loopback, server.Port), connection.RemoteEndPoint);
        Assert.Equal(connection.RemoteEndPoint, seen.RemoteEndPoint);
        Assert.True(seen.NoDelay);
    }

    [Fact]
    public async Task A_mapped_loopback_is_dialled_as_the_ipv4_address_it_is()
    {
        await using var server = new LoopbackServer((_, ct) => Task.Delay(Timeout.Infinite, ct));
        var dialer = new SafeDialer(Simulated, new SilentResolver(), TimeProvider.System);
        using var connection = await dialer.ConnectAsync("[::ffff:127.0.0.1]", server.Port, Cancel);
        Assert.Equal(IPAddress.Loopback, connection.RemoteEndPoint.Address);
        Assert.Equal(TimeSpan.Zero, connection.ResolveTime);
    }

    [Theory]
    [InlineData("8.8.8.8", "10.0.0.1")]
    [InlineData("10.0.0.1", "8.8.8.8")]
    [InlineData("8.8.8.8", "::ffff:10.0.0.1")]
    [InlineData("8.8.8.8", "1.1.1.1", "1.0.0.1", "8.8.4.4", "9.9.9.9", "4.2.2.1", "4.2.2.2", "4.2.2.3", "4.2.2.4", "127.0.0.1")]
    public async Task One_blocked_address_condemns_the_whole_answer(params string[] answer)
    {
        var dialer = new SafeDialer(new DialPolicy(), new ScriptedResolver(answer), TimeProvider.System, NeverConnect);
        var e = await Assert.ThrowsAsync<DialException>(() => dialer.ConnectAsync("mixed.example", 443, Cancel));
        Assert.Equal(DialFailure.Blocked, e.Failure);
        Assert.Contains("mixed.example", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_changes_its_mind_is_asked_once_and_the_checked_address_is_dialled()
    {
        IPAddress[] answer = [IPAddress.Parse("8.8.8.8")];
        var resolver = new ScriptedResolver(() => answer, () => [IPAddress.Parse("10.0.0.1")]);
        var dialled = new List<IPEndPoint>();
        var dialer = new SafeDialer(new DialPolicy(), resolver, TimeProvider.System, (remote, _) =>
        {
            answer[0] = IPAddress.Parse("10.0.0.2");
            dialled.Add(remote);
            return Task.FromException<Socket>(new SocketException((int)SocketError.ConnectionRefused));
        });

        await Assert.ThrowsAsync<DialException>(() => dialer.ConnectAsync("rebinding.example", 443, Cancel));
        Assert.Equal(1, resolver.Asked);
        Assert.Equal([new IPEndPoint(IPAddress.Parse("8.8.8.8"), 443)], dialled);

        // The next dial asks again, and checks again.
        var e = await Assert.ThrowsAsync<DialException>(() => dialer.ConnectAsync("rebinding.example", 443, Cancel));
        Assert.Equal(DialFailure.Blocked, e.Failure);
        Assert.Single(dialled);
    }

    [Fact]
    public async Task At_most_eight_addresses_are_tried_in_their_order()
    {
        var answer = Enumerable.Range(1, 20).Select(i => $"8.8.8.{i}").ToArray();
        var dialled = new List<string>();
        var dialer = new SafeDialer(new DialPolicy(), new ScriptedResolver(answer), TimeProvider.System, (remote, _) =>
        {
            dialled.Add(remote.Address.ToString());
            return Task.FromException<Socket>(new SocketException((int)SocketError.NetworkUnreachable));
        });

        var e = await Assert.ThrowsAsync<DialException>(() => dialer.ConnectAsync("many.example", 443, Cancel));

        Assert.Equal(answer[..8], dialled);
        Assert.Equal(DialFailure.Refused, e.Failure);
        Assert.Equal(SocketError.NetworkUnreachable, e.SocketError);
    }

    [Fact]
    public async Task The_next_address_is_tried_beside_one_that_does_not_answer()
    {
        await using var server = new LoopbackServer((_, ct) => Task.Delay(Timeout.Infinite, ct));
        var time = new ManualTime();
        var firstTried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var firstGivenUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var dialer = new SafeDialer(Simulated, new ScriptedResolver("127.0.0.9", "127.0.0.1"), time, async (remote, ct) =>
        {
            if (remote.Address.Equals(IPAddress.Loopback))
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(remote, Cancel);
                return socket;
            }

            ct.Register(firstGivenUp.SetResult);
            firstTried.SetResult();
            await Task.Delay(Timeout.Infinite, ct);
            throw new InvalidOperationException("never");
        });

        var dial = dialer.ConnectAsync("slow-first.example", server.Port, Cancel);
        await firstTried.Task.WaitAsync(Generous, Cancel);
        await time.ArmedAsync(TimeSpan.FromMilliseconds(250)).WaitAsync(Generous, Cancel);
        time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.Equal(0, server.Connections);
        time.Advance(TimeSpan.FromMilliseconds(1));

        using var connection = await dial.WaitAsync(Generous, Cancel);
        Assert.Equal(IPAddress.Loopback, connection.RemoteEndPoint.Address);
        await firstGivenUp.Task.WaitAsync(Generous, Cancel);
    }

    [Fact]
    public async Task A_closed_port_is_refused_and_named()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)closed.LocalEndPoint!).Port;
        var dialer = new SafeDialer(Simulated, new ScriptedResolver("127.0.0.1"), TimeProvider.System);

        var e = await Assert.ThrowsAsync<DialException>(() => dialer.ConnectAsync("closed.example", port, Cancel));

        Assert.Equal(DialFailure.Refused, e.Failure);
        Assert.Equal(SocketError.ConnectionRefused, e.SocketError);
        Assert.Contains($"closed.example:{port}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_addresses_together_have_one_connect_timeout()
    {
        var time = new ManualTime();
        var attempts = new SemaphoreSlim(0);
        var dialer = new SafeDialer(new DialPolicy(), new ScriptedResolver("8.8.8.8", "8.8.4.4"), time, async (_, ct) =>
        {
            attempts.Release();
            await Task.Delay(Timeout.Infinite, ct);
            throw new InvalidOperationException("never");
        });

        var dial = dialer.ConnectAsync("silent.example", 443, Cancel);
        Assert.True(await attempts.WaitAsync(Generous, Cancel));
        await time.ArmedAsync(TimeSpan.FromMilliseconds(250)).WaitAsync(Generous, Cancel);
        time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.True(await attempts.WaitAsync(Generous, Cancel));
        time.Advance(TimeSpan.FromMilliseconds(1749));
        Assert.False(dial.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        var e = await Assert.ThrowsAsync<DialException>(() => dial.WaitAsync(Generous, Cancel));
        Assert.Equal(DialFailure.TimedOut, e.Failure);
    }

    [Fact]
    public async Task A_resolver_that_never_answers_is_the_resolvers_failure()
    {
        var time = new ManualTime();
        var resolver = new SilentResolver();
        var dial = new SafeDialer(new DialPolicy(), resolver, time, NeverConnect).ConnectAsync("host.example", 443, Cancel);
        await resolver.Asked.Task.WaitAsync(Generous, Cancel);
        time.Advance(TimeSpan.FromSeconds(2));
        var e = await Assert.ThrowsAsync<DialException>(() => dial.WaitAsync(Generous, Cancel));
        Assert.Equal(DialFailure.ResolverFailed, e.Failure);
    }

    [Fact]
    public async Task The_callers_cancellation_stays_a_cancellation()
    {
        using var caller = new CancellationTokenSource();
        var resolver = new SilentResolver();
        var dial = new SafeDialer(new DialPolicy(), resolver, new ManualTime(), NeverConnect).ConnectAsync("host.example", 443, caller.Token);
        await resolver.Asked.Task.WaitAsync(Generous, Cancel);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dial.WaitAsync(Generous, Cancel));
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, DialFailure.NameNotFound)]
    [InlineData(SocketError.NoData, DialFailure.NameNotFound)]
    [InlineData(SocketError.TryAgain, DialFailure.ResolverFailed)]
    [InlineData(SocketError.NoRecovery, DialFailure.ResolverFailed)]
    public async Task The_resolvers_answer_tells_a_missing_name_from_a_broken_resolver(SocketError error, DialFailure failure)
    {
        var resolver = new ScriptedResolver(() => throw new SocketException((int)error));
        var e = await Assert.ThrowsAsync<DialException>(() => new SafeDialer(new DialPolicy(), resolver, TimeProvider.System, NeverConnect).ConnectAsync("host.example", 443, Cancel));
        Assert.Equal(failure, e.Failure);
    }

    [Fact]
    public async Task A_name_without_addresses_is_not_found()
    {
        var dialer = new SafeDialer(new DialPolicy(), new ScriptedResolver(() => []), TimeProvider.System, NeverConnect);
        var e = await Assert.ThrowsAsync<DialException>(() => dialer.ConnectAsync("empty.example", 443, Cancel));
        Assert.Equal(DialFailure.NameNotFound, e.Failure);
    }

    [Fact]
    public async Task The_resolver_is_given_the_name_without_its_last_dot()
    {
        var resolver = new ScriptedResolver("10.0.0.1");
        await Assert.ThrowsAsync<DialException>(() => new SafeDialer(new DialPolicy(), resolver, TimeProvider.System, NeverConnect).ConnectAsync("host.example.", 443, Cancel));
        Assert.Equal(["host.example"], resolver.Names);
    }

    private static Task<Socket> NeverConnect(IPEndPoint remote, CancellationToken cancellationToken) =>
        throw new InvalidOperationException($"{remote} was dialled.");
}
