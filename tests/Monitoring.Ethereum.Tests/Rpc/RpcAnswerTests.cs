using System.IO.Compression;
using System.Numerics;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Monitoring.Ethereum.Tests.Rpc;

/// <summary>One question and one answer: what is taken, and what counts as the endpoint's failure.</summary>
public sealed class RpcAnswerTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly RpcCall[] Two = [RpcCall.Of("first"), RpcCall.Of("second")];

    private readonly SettableTime _time = new();

    [Fact]
    public async Task A_single_call_is_an_object_and_several_are_an_array_answered_in_any_order()
    {
        await using var server = await ScriptedRpc.StartAsync();
        using var client = Client(server);
        Assert.Equal(1, await client.AskAsync(RpcCall.Of("one"), RpcHex.Quantity, Cancel));
        server.AnswerWith("[{\"id\":ID2,\"result\":\"0x6\",\"error\":null},{\"id\":ID,\"result\":\"0x5\"}]");
        Assert.Equal([5, 6], await client.AskAsync(Two, r => r.Select(RpcHex.Quantity).ToArray(), Cancel));
        Assert.Equal(["eth_chainId", "one", "first", "second"], server.Calls.Select(c => c.Method));
        Assert.Equal(3, server.Requests);
    }

    [Fact]
    public async Task More_calls_than_a_batch_takes_go_in_several_requests_and_stay_in_order()
    {
        await using var server = await ScriptedRpc.StartAsync();
        server.Answer = (method, parameters) => method == "eth_chainId" ? "0xa4b1" : parameters[0]!.DeepClone();
        using var client = Client([server], o => o with { MaxBatch = 3 });
        var calls = Enumerable.Range(1, 8).Select(i => RpcCall.Of("echo", "0x" + i.ToString("x", System.Globalization.CultureInfo.InvariantCulture))).ToArray();
        Assert.Equal(Enumerable.Range(1, 8).Select(i => (BigInteger)i), await client.AskAsync(calls, r => r.Select(RpcHex.Quantity).ToArray(), Cancel));
        Assert.Equal(1 + 3, server.Requests);
    }

    [Theory]
    [MemberData(nameof(BadAnswers.ToOne), MemberType = typeof(BadAnswers))]
    public async Task After_a_bad_answer_the_next_endpoint_is_asked(string body, int status)
    {
        await using var bad = await ScriptedRpc.StartAsync();
        await using var good = await ScriptedRpc.StartAsync();
        bad.AnswerWith(body, status);
        using var client = Client(bad, good);
        Assert.Equal(1, await client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel));
        Assert.Equal((1, 0), (client.Health[0].Failures, client.Health[1].Failures));
        Assert.NotNull(client.Health[0].LastTrouble);
    }

    [Theory]
    [MemberData(nameof(BadAnswers.ToTwo), MemberType = typeof(BadAnswers))]
    public async Task After_a_bad_answer_to_a_batch_the_next_endpoint_is_asked(string body)
    {
        await using var bad = await ScriptedRpc.StartAsync();
        await using var good = await ScriptedRpc.StartAsync();
        bad.AnswerWith(body);
        using var client = Client(bad, good);
        Assert.Equal([1, 1], await client.AskAsync(Two, r => r.Select(RpcHex.Quantity).ToArray(), Cancel));
        Assert.Equal(1, client.Health[0].Failures);
    }

    [Fact]
    public async Task An_endpoint_that_never_answers_is_given_up_and_the_next_asked()
    {
        await using var slow = await ScriptedRpc.StartAsync();
        await using var good = await ScriptedRpc.StartAsync();
        slow.Script = async (_, _, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return true;
        };
        using var client = Client([slow, good], o => o with { RequestTimeout = TimeSpan.FromSeconds(1) });
        Assert.Equal(1, await client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel));
        Assert.Contains("did not answer", client.Health[0].LastTrouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_drips_for_ever_is_given_up()
    {
        await using var slow = await ScriptedRpc.StartAsync();
        slow.Script = async (context, _, cancellation) =>
        {
            while (true)
            {
                await context.Response.WriteAsync(" ", cancellation);
                await context.Response.Body.FlushAsync(cancellation);
                await Task.Delay(10, cancellation);
            }
        };
        using var client = Client([slow], o => o with { RequestTimeout = TimeSpan.FromSeconds(1) });
        Assert.Equal(ChainFault.TimedOut, (await Assert.ThrowsAsync<ChainException>(() => client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel))).Fault);
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_off()
    {
        await using var huge = await ScriptedRpc.StartAsync();
        huge.Script = async (context, _, cancellation) =>
        {
            var piece = new byte[64 * 1024];
            Array.Fill(piece, (byte)' ');
            while (true) await context.Response.Body.WriteAsync(piece, cancellation);
        };
        using var client = Client([huge], o => o with { MaxAnswerBytes = 100_000 });
        var e = await Assert.ThrowsAsync<ChainException>(() => client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel));
        Assert.Contains("more than 100000 bytes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_answer_is_bounded_by_what_comes_out_of_it()
    {
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) await gzip.WriteAsync(new byte[50_000_000], Cancel);
        Assert.True(packed.Length < 100_000);
        await using var bomb = await ScriptedRpc.StartAsync();
        bomb.Script = async (context, _, cancellation) =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(packed.ToArray(), cancellation);
            return true;
        };
        using var client = Client([bomb], o => o with { MaxAnswerBytes = 100_000 });
        Assert.Contains("more than", (await Assert.ThrowsAsync<ChainException>(() => client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deep_JSON_is_refused()
    {
        await using var server = await ScriptedRpc.StartAsync();
        server.AnswerWith(new string('[', 100_000));
        using var client = Client(server);
        Assert.Equal(ChainFault.Malformed, (await Assert.ThrowsAsync<ChainException>(() => client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel))).Fault);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_our_trouble()
    {
        await using var server = await ScriptedRpc.StartAsync();
        server.Script = async (context, _, cancellation) =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes("{\"id\":"), cancellation);
            await context.Response.Body.FlushAsync(cancellation);
            context.Abort();
            return true;
        };
        using var client = Client(server);
        Assert.Equal(ChainFault.Unreachable, (await Assert.ThrowsAsync<ChainException>(() => client.AskAsync(RpcCall.Of("x"), RpcHex.Quantity, Cancel))).Fault);
    }

    private JsonRpcClient Client(params ScriptedRpc[] servers) => Client(servers, o => o);

    private JsonRpcClient Client(ScriptedRpc[] servers, Func<ChainOptions, ChainOptions> change) =>
        new(change(new ChainOptions { Endpoints = [.. servers.Select(s => s.Address)], Retries = 0, RequestTimeout = TimeSpan.FromSeconds(60) }), _time);
}
