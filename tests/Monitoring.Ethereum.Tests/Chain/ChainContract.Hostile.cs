using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Monitoring.Ethereum.Tests.Rpc;

namespace Monitoring.Ethereum.Tests.Chain;

public abstract partial class ChainContract
{
    private const string Zeros = "0000000000000000000000000000000000000000000000000000000000000000";
    private const string Twenty = "0000000000000000000000000000000000000000000000000000000000000020";
    private const string Ones = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

    [Theory]
    [MemberData(nameof(BadAnswers.ToOne), MemberType = typeof(BadAnswers))]
    public async Task After_a_bad_answer_the_next_endpoint_is_asked(string body, int status)
    {
        await using var bad = await ServeAsync();
        var good = await ServeAsync();
        var chain = await ConnectAsync([bad, good]);
        bad.AnswerWith(body, status);
        var before = bad.Requests;
        Assert.Equal(10_000_000, await chain.GetGasPriceAsync(Cancel));
        Assert.Equal(before + 1, bad.Requests);
        await good.DisposeAsync();
        var e = await Assert.ThrowsAsync<ChainException>(() => chain.GetGasPriceAsync(Cancel));
        Assert.DoesNotContain("secret-key", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(BadAnswers.ToTwo), MemberType = typeof(BadAnswers))]
    public async Task After_a_bad_answer_to_a_batch_the_next_endpoint_is_asked(string body)
    {
        await using var bad = await ServeAsync();
        await using var good = await ServeAsync();
        var chain = await ConnectAsync([bad, good]);
        var batches = 0;
        bad.AnswerWith(body);
        var script = bad.Script!;
        bad.Script = (context, request, cancellation) =>
        {
            if (request is not JsonArray) return Task.FromResult(false);
            batches++;
            return script(context, request, cancellation);
        };
        Assert.Equal(4000, (await chain.GetRoundAsync(Cancel)).CurrentRound);
        Assert.Equal(1, batches);
    }

    [Theory]
    [InlineData(3, "no", ChainFault.Reverted)]
    [InlineData(-32000, "execution reverted: TicketBroker: paused", ChainFault.Reverted)]
    [InlineData(-32000, "header not found", ChainFault.Refused)]
    [InlineData(-32005, "limit exceeded", ChainFault.Unreachable)]
    public async Task An_error_object_is_named_and_what_the_contract_refused_is_asked_of_nobody_else(int code, string message, ChainFault fault)
    {
        await using var first = await ServeAsync();
        await using var second = await ServeAsync();
        var chain = await ConnectAsync([first, second], o => o with { Retries = 1, RetryDelay = TimeSpan.FromMilliseconds(1) });
        var asked = 0;
        JsonNode? Refuse(string method, JsonArray parameters)
        {
            if (method != "eth_call") return _protocol.Answer(method, parameters);
            asked++;
            throw new RpcError(code, message);
        }

        (first.Answer, second.Answer) = (Refuse, Refuse);
        var e = await Assert.ThrowsAsync<ChainException>(() => chain.GetSenderInfoAsync(Sender, Cancel));
        Assert.Equal(fault, e.Fault);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Equal(fault == ChainFault.Reverted ? 1 : 4, asked);
    }

    [Fact]
    public async Task The_words_of_an_endpoint_are_made_fit_for_a_message()
    {
        await using var server = await ServeAsync();
        var chain = await ConnectAsync(server);
        server.AnswerWith("{\"id\":ID,\"error\":{\"code\":-32601,\"message\":\"no \\u001b[31m such\\n method\"}}");
        Assert.Contains("no ?[31m such? method", (await Assert.ThrowsAsync<ChainException>(() => chain.GetGasPriceAsync(Cancel))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("getSenderInfo", "0x")]
    [InlineData("getSenderInfo", "0x00")]
    [InlineData("getSenderInfo", "0x" + Zeros + Zeros + Zeros)]
    [InlineData("getSenderInfo", "0x" + Zeros + Ones + Zeros + Zeros)]
    [InlineData("getSenderInfo", "0x" + Zeros + Zeros + Zeros + Zeros + "00")]
    [InlineData("getSenderInfo", "nonsense")]
    [InlineData("currentRound", "0x" + Ones)]
    [InlineData("currentRoundInitialized", "0x" + Twenty)]
    [InlineData("getFirstTranscoderInPool", "0x" + Ones)]
    [InlineData("getServiceURI", "0x")]
    [InlineData("getServiceURI", "0x" + Twenty)]
    [InlineData("getServiceURI", "0x" + Ones + Zeros)]
    [InlineData("getServiceURI", "0x" + Twenty + Ones)]
    [InlineData("getServiceURI", "0x" + Twenty + Twenty)]
    public async Task An_answer_of_a_contract_that_is_not_whole_or_not_in_its_range_is_not_used(string function, string answer)
    {
        Fill(1);
        await using var server = await ServeAsync();
        var chain = await ConnectAsync(server);
        var selector = RpcHex.Write(ProtocolAbi.All.Single(f => f.Name == function).Selector);
        server.Answer = (method, parameters) => method == "eth_call" && parameters[0]!["data"]!.GetValue<string>().StartsWith(selector, StringComparison.Ordinal)
            ? answer : _protocol.Answer(method, parameters);
        Func<Task> read = function switch
        {
            "getSenderInfo" => () => chain.GetSenderInfoAsync(Sender, Cancel),
            "currentRound" or "currentRoundInitialized" => () => chain.GetRoundAsync(Cancel),
            _ => () => chain.WalkActiveSetAsync(Cancel),
        };
        Assert.Equal(ChainFault.Malformed, (await Assert.ThrowsAsync<ChainException>(read)).Fault);
    }

    [Fact]
    public async Task An_endpoint_that_never_answers_is_given_up()
    {
        var chain = await ConnectThenAsync(
            async (_, cancellation) => await Task.Delay(Timeout.Infinite, cancellation), o => o with { RequestTimeout = TimeSpan.FromSeconds(3) });
        Assert.Equal(ChainFault.TimedOut, (await Assert.ThrowsAsync<ChainException>(() => chain.GetGasPriceAsync(Cancel))).Fault);
    }

    [Fact]
    public async Task An_answer_that_drips_for_ever_is_given_up()
    {
        var chain = await ConnectThenAsync(
            async (response, cancellation) =>
            {
                while (true)
                {
                    await response.WriteAsync(" ", cancellation);
                    await response.Body.FlushAsync(cancellation);
                    await Task.Delay(10, cancellation);
                }
            },
            o => o with { RequestTimeout = TimeSpan.FromSeconds(3) });
        Assert.Equal(ChainFault.TimedOut, (await Assert.ThrowsAsync<ChainException>(() => chain.GetGasPriceAsync(Cancel))).Fault);
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_off()
    {
        long sent = 0;
        var chain = await ConnectThenAsync(
            async (response, cancellation) =>
            {
                var piece = new byte[64 * 1024];
                Array.Fill(piece, (byte)' ');
                while (!(await response.BodyWriter.WriteAsync(piece, cancellation)).IsCompleted) Interlocked.Add(ref sent, piece.Length);
            },
            o => o with { MaxAnswerBytes = 100_000 });
        var e = await Assert.ThrowsAsync<ChainException>(() => chain.GetGasPriceAsync(Cancel));
        Assert.Contains("more than 100000 bytes", e.Message, StringComparison.Ordinal);
        Assert.InRange(Interlocked.Read(ref sent), 0, 16 * 1024 * 1024);
    }

    [Fact]
    public async Task A_compressed_answer_is_bounded_by_what_comes_out_of_it()
    {
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) await gzip.WriteAsync(new byte[50_000_000], Cancel);
        var chain = await ConnectThenAsync(
            async (response, cancellation) =>
            {
                response.Headers.ContentEncoding = "gzip";
                await response.Body.WriteAsync(packed.ToArray(), cancellation);
            },
            o => o with { MaxAnswerBytes = 100_000 });
        Assert.Contains("more than", (await Assert.ThrowsAsync<ChainException>(() => chain.GetGasPriceAsync(Cancel))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deep_JSON_is_refused()
    {
        var chain = await ConnectThenAsync((response, cancellation) => response.WriteAsync(new string('[', 100_000), cancellation));
        Assert.Equal(ChainFault.Malformed, (await Assert.ThrowsAsync<ChainException>(() => chain.GetGasPriceAsync(Cancel))).Fault);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_our_trouble()
    {
        var chain = await ConnectThenAsync(async (response, cancellation) =>
        {
            response.ContentLength = 1000;
            await response.Body.WriteAsync(Encoding.ASCII.GetBytes("{\"id\":"), cancellation);
            await response.Body.FlushAsync(cancellation);
            response.HttpContext.Abort();
        });
        Assert.Equal(ChainFault.Unreachable, (await Assert.ThrowsAsync<ChainException>(() => chain.GetGasPriceAsync(Cancel))).Fault);
    }

    [Fact]
    public async Task Nobody_listening_is_said_without_the_path()
    {
        var server = await ServeAsync();
        var chain = await ConnectAsync(server);
        await server.DisposeAsync();
        var e = await Assert.ThrowsAsync<ChainException>(() => chain.GetGasPriceAsync(Cancel));
        Assert.Equal(ChainFault.Unreachable, e.Fault);
        Assert.DoesNotContain("secret-key", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_told_so()
    {
        var arrived = new TaskCompletionSource();
        var chain = await ConnectThenAsync(async (_, cancellation) =>
        {
            arrived.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
        });
        using var stop = new CancellationTokenSource();
        var asking = chain.GetGasPriceAsync(stop.Token);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task A_user_in_the_address_becomes_basic_authorization()
    {
        await using var server = await ServeAsync();
        var address = new UriBuilder(server.Address) { UserName = "me", Password = "p%40ss" }.Uri;
        await ConnectAsync(server, o => o with { Endpoints = [address] });
        Assert.Equal("Basic " + Convert.ToBase64String("me:p@ss"u8), server.Authorization);
    }

    /// <summary>Connects to a good endpoint, which answers everything like this from then on.</summary>
    private async Task<IChain> ConnectThenAsync(Func<HttpResponse, CancellationToken, Task> answer, Func<ChainOptions, ChainOptions>? change = null)
    {
        var server = await ServeAsync();
        _servers.Add(server);
        var chain = await ConnectAsync(server, change);
        server.Script = async (context, _, cancellation) =>
        {
            await answer(context.Response, cancellation);
            return true;
        };
        return chain;
    }
}
