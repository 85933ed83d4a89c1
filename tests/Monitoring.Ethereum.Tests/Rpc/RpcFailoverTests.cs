using Microsoft.AspNetCore.Http;

namespace Monitoring.Ethereum.Tests.Rpc;

/// <summary>Several endpoints and several attempts: who is asked when, and what is said when nobody answers.</summary>
public sealed class RpcFailoverTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly SettableTime _time = new();

    [Fact]
    public async Task An_endpoint_that_failed_is_asked_last_until_its_time_is_over()
    {
        await using var first = await ScriptedRpc.StartAsync();
        await using var second = await ScriptedRpc.StartAsync();
        using var client = Client(first, second);
        first.AnswerWith("garbage");
        await client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel);
        Assert.True(client.Health[0].Demoted);
        first.Script = null;
        var before = first.Requests;
        await client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel);
        Assert.Equal(before, first.Requests);

        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.False(client.Health[0].Demoted);
        await client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel);
        Assert.Equal(before + 1, first.Requests);
    }

    [Fact]
    public async Task A_demoted_endpoint_still_helps_when_the_other_fails()
    {
        await using var first = await ScriptedRpc.StartAsync();
        await using var second = await ScriptedRpc.StartAsync();
        using var client = Client(first, second);
        first.AnswerWith("garbage");
        await client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel);
        first.Script = null;
        second.AnswerWith("garbage");
        Assert.Equal(1, await client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel));
    }

    [Fact]
    public async Task When_all_fail_the_message_names_hosts_and_reasons_but_no_path()
    {
        await using var first = await ScriptedRpc.StartAsync();
        await using var second = await ScriptedRpc.StartAsync();
        first.AnswerWith("", 429);
        second.AnswerWith("{\"id\":ID,\"error\":{\"code\":-32601,\"message\":\"no \\u001b[31m such\\n method\"}}");
        using var client = Client(first, second);
        var e = await Assert.ThrowsAsync<ChainException>(() => client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel));
        Assert.Equal(ChainFault.Unreachable, e.Fault);
        Assert.Contains(first.Address.Authority, e.Message, StringComparison.Ordinal);
        Assert.Contains("limit", e.Message, StringComparison.Ordinal);
        Assert.Contains("no ?[31m such? method", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-key", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_listening_is_said_without_the_path()
    {
        Uri gone;
        await using (var server = await ScriptedRpc.StartAsync()) gone = server.Address;
        using var client = new JsonRpcClient(new ChainOptions { Endpoints = [gone], Retries = 0 }, _time);
        var e = await Assert.ThrowsAsync<ChainException>(() => client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel));
        Assert.Equal(ChainFault.Unreachable, e.Fault);
        Assert.DoesNotContain("secret-key", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_failed_everywhere_is_tried_again_as_often_as_configured()
    {
        await using var server = await ScriptedRpc.StartAsync();
        var left = 2;
        server.Answer = (method, _) => method == "eth_chainId" ? "0xa4b1" : left-- > 0 ? throw new RpcError(-32000, "header not found") : "0x9";
        using (var client = Client([server], o => o with { Retries = 2, RetryDelay = TimeSpan.FromMilliseconds(1) }))
            Assert.Equal(9, await client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel));

        left = 3;
        using (var client = Client([server], o => o with { Retries = 2, RetryDelay = TimeSpan.FromMilliseconds(1) }))
            Assert.Equal(ChainFault.Refused, (await Assert.ThrowsAsync<ChainException>(() => client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel))).Fault);
    }

    [Fact]
    public async Task What_must_not_be_repeated_is_asked_of_each_endpoint_once()
    {
        await using var server = await ScriptedRpc.StartAsync();
        server.Answer = (method, _) => method == "eth_chainId" ? "0xa4b1" : throw new RpcError(-32000, "nonce too low");
        using var client = Client([server], o => o with { Retries = 5, RetryDelay = TimeSpan.FromMilliseconds(1) });
        await Assert.ThrowsAsync<ChainException>(() => client.AskOnceAsync(RpcCall.Of("send"), RpcHex.Quantity, Cancel));
        Assert.Single(server.Calls, c => c.Method == "send");
    }

    [Theory]
    [InlineData(3, "no")]
    [InlineData(-32000, "execution reverted: TicketBroker: paused")]
    public async Task A_contracts_refusal_is_final_and_nobodys_failure(int code, string message)
    {
        await using var first = await ScriptedRpc.StartAsync();
        await using var second = await ScriptedRpc.StartAsync();
        first.Answer = (method, _) => method == "eth_chainId" ? "0xa4b1" : throw new RpcError(code, message);
        using var client = Client([first, second], o => o with { Retries = 2 });
        var e = await Assert.ThrowsAsync<ChainException>(() => client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel));
        Assert.Equal(ChainFault.Reverted, e.Fault);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Equal((2, 0), (first.Requests, second.Requests));
        Assert.False(client.Health[0].Demoted);
    }

    [Fact]
    public async Task An_endpoint_of_another_chain_is_refused_aloud_at_the_start()
    {
        await using var good = await ScriptedRpc.StartAsync();
        await using var other = await ScriptedRpc.StartAsync();
        other.Answer = (_, _) => "0x1";
        using var client = Client(good, other);
        var e = await Assert.ThrowsAsync<ChainException>(() => client.VerifyChainAsync(Cancel));
        Assert.Equal(ChainFault.WrongChain, e.Fault);
        Assert.Contains("serves chain 1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_turns_up_later_with_another_chain_is_never_used()
    {
        await using var other = await ScriptedRpc.StartAsync();
        await using var good = await ScriptedRpc.StartAsync();
        other.AnswerWith("", 503);
        other.Script = (context, _, _) =>
        {
            context.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        using var client = Client(other, good);
        await client.VerifyChainAsync(Cancel);
        other.Script = null;
        other.Answer = (method, _) => method == "eth_chainId" ? "0x1" : "0x666";
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(5));
            Assert.Equal(1, await client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel));
        }

        Assert.DoesNotContain(other.Calls, c => c.Method == "x");
    }

    [Fact]
    public async Task A_start_without_any_endpoint_fails()
    {
        await using var server = await ScriptedRpc.StartAsync();
        server.Script = (context, _, _) =>
        {
            context.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        using var client = Client(server);
        Assert.Equal(ChainFault.Unreachable, (await Assert.ThrowsAsync<ChainException>(() => client.VerifyChainAsync(Cancel))).Fault);
    }

    [Fact]
    public async Task A_caller_who_gives_up_gets_no_verdict_about_the_endpoint()
    {
        await using var slow = await ScriptedRpc.StartAsync();
        var arrived = new TaskCompletionSource();
        slow.Script = async (_, _, cancellation) =>
        {
            arrived.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
            return true;
        };
        using var client = Client(slow);
        using var stop = new CancellationTokenSource();
        var asking = client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, stop.Token);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Equal(0, client.Health[0].Failures);
    }

    [Fact]
    public async Task A_user_in_the_address_becomes_basic_authorization()
    {
        await using var server = await ScriptedRpc.StartAsync();
        var address = new UriBuilder(server.Address) { UserName = "me", Password = "p%40ss" }.Uri;
        using var client = new JsonRpcClient(new ChainOptions { Endpoints = [address] }, _time);
        await client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel);
        Assert.Equal("Basic " + Convert.ToBase64String("me:p@ss"u8), server.Authorization);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_without_repeating_an_address()
    {
        var good = new Uri("https://rpc.example/v2/secret-key");
        Assert.Throws<ArgumentException>(() => new JsonRpcClient(new ChainOptions { Endpoints = [] }, _time));
        Assert.Throws<ArgumentException>(() => new JsonRpcClient(new ChainOptions { Endpoints = [good], MaxBatch = 0 }, _time));
        Assert.Throws<ArgumentException>(() => new JsonRpcClient(new ChainOptions { Endpoints = [good], RequestTimeout = TimeSpan.Zero }, _time));
        var refusal = Assert.Throws<ArgumentException>(() => new JsonRpcClient(new ChainOptions { Endpoints = [good, new Uri("ftp://rpc.example/secret-key")] }, _time));
        Assert.Contains("endpoint 2", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-key", refusal.Message + new ChainOptions { Endpoints = [good] }, StringComparison.Ordinal);
    }

    private JsonRpcClient Client(params ScriptedRpc[] servers) => Client(servers, o => o);

    private JsonRpcClient Client(ScriptedRpc[] servers, Func<ChainOptions, ChainOptions> change) =>
        new(change(new ChainOptions { Endpoints = [.. servers.Select(s => s.Address)], Retries = 0, RequestTimeout = TimeSpan.FromSeconds(60) }), _time);
}
