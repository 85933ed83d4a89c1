using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Monitoring.Core;
using Monitoring.Net;

namespace Monitoring.Livepeer.Tests;

/// <summary>What every adapter of <see cref="IDiscovery"/> does with a good node, a bad one and none; the tests of a project run it on their adapters.</summary>
public abstract class DiscoveryContract
{
    /// <summary>The adapter that is tested.</summary>
    protected abstract IDiscovery Create(SafeDialer dialer, GatewayIdentity identity, OrchestratorLimits limits, TimeProvider time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_comes_over_tls_and_over_plain_http2(bool tls)
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync(tls);
        var answer = await Discovery().GetOrchestratorAsync(orchestrator.Uri, Token);

        Assert.Equal(new Outcome(OutcomeCode.Completed), answer.Outcome);
        Assert.True(answer.Alive);
        Assert.Equal(orchestrator.Uri, answer.Session!.Transcoder);
        Assert.Equal(new Uri(orchestrator.Uri).Authority, answer.DialledAddress);
        Assert.Equal(tls ? ScriptedOrchestrator.CertificateSha256 : "", answer.CertificateSha256);
        Assert.True(answer.Elapsed > TimeSpan.Zero);
        var request = Assert.Single(orchestrator.Discoveries);
        Assert.Equal([0x4001003UL], request.Capabilities.Bitstring);
        Assert.Equal(new byte[20], request.Address.ToByteArray());
        Assert.Empty(request.Sig);
    }

    [Fact]
    public async Task A_node_sees_the_headers_of_a_gateway_and_nothing_else()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        Dictionary<string, string> seen = [];
        orchestrator.OnDiscovery = context =>
        {
            seen = context.Request.Headers.Where(h => h.Key is not ("Host" or "Content-Length")).ToDictionary(h => h.Key, h => h.Value.ToString());
            return ScriptedOrchestrator.GrpcAsync(context, GrpcFrame.Write(orchestrator.Info()));
        };
        using var tracing = new System.Diagnostics.Activity("a test of ours").Start();
        Assert.Equal(OutcomeCode.Completed, (await Discovery().GetOrchestratorAsync(orchestrator.Uri, Token)).Outcome.Code);
        Assert.Equal(
            [("Content-Type", "application/grpc"), ("TE", "trailers"), ("User-Agent", "grpc-go/1.68.1")],
            seen.Select(h => (h.Key, h.Value)).OrderBy(h => h.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_session_is_ended_with_its_token()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        var discovery = Discovery();
        var session = (await discovery.GetOrchestratorAsync(orchestrator.Uri, Token)).Session!;
        Assert.Equal(new Outcome(OutcomeCode.Completed), await discovery.EndTranscodingSessionAsync(session, Token));
        Assert.Equal(session.AuthToken, Assert.Single(orchestrator.Ended));
    }

    [Fact]
    public async Task A_capped_orchestrator_is_capped_and_alive()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        orchestrator.OnDiscovery = context => ScriptedOrchestrator.GrpcAsync(context, [], "2", "Invalid orchestrator request: OrchestratorCapped");
        await AssertFaultAsync(orchestrator, OutcomeCode.Capped, alive: true);
    }

    [Fact]
    public async Task An_error_whose_status_stands_among_the_headers_is_read()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        orchestrator.OnDiscovery = context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "2";
            context.Response.Headers["grpc-message"] = "insufficient sender reserve%21";
            return Task.CompletedTask;
        };
        var answer = await AssertFaultAsync(orchestrator, OutcomeCode.TicketRefused, alive: true);
        Assert.EndsWith("reserve!", answer.Outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_a_status_is_no_answer()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        orchestrator.OnDiscovery = async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(GrpcFrame.Write(orchestrator.Info()));
        };
        await AssertFaultAsync(orchestrator, OutcomeCode.ProtocolViolation, alive: false);
    }

    [Fact]
    public async Task A_message_of_garbage_proves_life_and_nothing_else()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        orchestrator.OnDiscovery = context => ScriptedOrchestrator.GrpcAsync(context, [0, 0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff]);
        await AssertFaultAsync(orchestrator, OutcomeCode.ProtocolViolation, alive: true);
    }

    [Fact]
    public async Task A_compressed_or_half_message_breaks_the_protocol()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        orchestrator.OnDiscovery = context => ScriptedOrchestrator.GrpcAsync(context, [1, 0, 0, 0, 1, 0]);
        await AssertFaultAsync(orchestrator, OutcomeCode.ProtocolViolation, alive: false);
        orchestrator.OnDiscovery = context => ScriptedOrchestrator.GrpcAsync(context, [0, 0, 0, 0, 9, 0]);
        await AssertFaultAsync(orchestrator, OutcomeCode.ProtocolViolation, alive: false);
    }

    [Fact]
    public async Task An_endless_message_is_cut_off()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        long sent = 0;
        orchestrator.OnDiscovery = async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[] { 0, 0x7f, 0xff, 0xff, 0xff }, context.RequestAborted);
            var block = new byte[64 * 1024];
            while (!(await context.Response.BodyWriter.WriteAsync(block, context.RequestAborted)).IsCompleted) Interlocked.Add(ref sent, block.Length);
        };
        await AssertFaultAsync(orchestrator, OutcomeCode.AnswerTooLarge, alive: false);

        // What lies in the buffers of the way comes on top of the limit of 4 MiB.
        Assert.InRange(Interlocked.Read(ref sent), 0, 16 * 1024 * 1024);
    }

    [Fact]
    public async Task A_message_of_the_largest_size_is_read_and_one_byte_more_is_too_large()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        var limits = Gateway.Patient with { MessageBytes = 100_000 };
        orchestrator.OnDiscovery = context => ScriptedOrchestrator.GrpcAsync(context, Garbage(100_000));
        await AssertFaultAsync(orchestrator, OutcomeCode.ProtocolViolation, alive: true, limits);
        orchestrator.OnDiscovery = context => ScriptedOrchestrator.GrpcAsync(context, Garbage(100_001));
        await AssertFaultAsync(orchestrator, OutcomeCode.AnswerTooLarge, alive: false, limits);

        static byte[] Garbage(int length) => [0, .. new byte[] { 0, (byte)(length >> 16), (byte)(length >> 8), (byte)length }, .. Enumerable.Repeat((byte)0xff, length)];
    }

    [Fact]
    public async Task A_message_that_goes_on_after_its_end_is_no_answer()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        orchestrator.OnDiscovery = context => ScriptedOrchestrator.GrpcAsync(context, [.. GrpcFrame.Write(orchestrator.Info()), 0]);
        await AssertFaultAsync(orchestrator, OutcomeCode.ProtocolViolation, alive: false);
    }

    [Fact]
    public async Task A_compressed_message_is_not_unpacked()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        using var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
            await gzip.WriteAsync(new byte[50_000_000], Token);
        var bomb = packed.ToArray();
        orchestrator.OnDiscovery = context =>
        {
            context.Response.Headers["grpc-encoding"] = "gzip";
            byte[] frame = [1, 0, (byte)(bomb.Length >> 16), (byte)(bomb.Length >> 8), (byte)bomb.Length, .. bomb];
            return ScriptedOrchestrator.GrpcAsync(context, frame);
        };
        await AssertFaultAsync(orchestrator, OutcomeCode.ProtocolViolation, alive: false);
    }

    [Fact]
    public async Task A_connection_that_breaks_in_the_answer_is_a_refusal()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        orchestrator.OnDiscovery = async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 9, 1 });
            await context.Response.Body.FlushAsync();
            context.Abort();
        };
        await AssertFaultAsync(orchestrator, OutcomeCode.DiscoveryRefused, alive: false);
    }

    [Fact]
    public async Task An_answer_that_drips_ends_with_the_call()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        orchestrator.OnDiscovery = async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[] { 0, 0, 1, 0, 0 }, context.RequestAborted);
            while (true)
            {
                await context.Response.Body.WriteAsync(new byte[1], context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(20, context.RequestAborted);
            }
        };
        await AssertFaultAsync(orchestrator, OutcomeCode.DiscoveryTimedOut, alive: false, Gateway.Patient with { Call = TimeSpan.FromMilliseconds(700) });
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        orchestrator.OnDiscovery = context =>
        {
            context.Response.Redirect(orchestrator.Uri + "/elsewhere");
            return Task.CompletedTask;
        };
        await AssertFaultAsync(orchestrator, OutcomeCode.Redirected, alive: false);
    }

    [Fact]
    public async Task A_web_page_is_no_grpc_answer()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        orchestrator.OnDiscovery = context => ScriptedOrchestrator.TextAsync(context, 502, "<h1>Bad gateway</h1>");
        await AssertFaultAsync(orchestrator, OutcomeCode.ProtocolViolation, alive: false);
        orchestrator.OnDiscovery = context => ScriptedOrchestrator.TextAsync(context, 200, "welcome");
        await AssertFaultAsync(orchestrator, OutcomeCode.ProtocolViolation, alive: false);
    }

    [Fact]
    public async Task Silence_times_out()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        orchestrator.OnDiscovery = ScriptedOrchestrator.SilenceAsync;
        await AssertFaultAsync(orchestrator, OutcomeCode.DiscoveryTimedOut, alive: false, Gateway.Patient with { Call = TimeSpan.FromMilliseconds(500) });
    }

    [Fact]
    public async Task A_server_without_http2_fails_the_handshake()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync(tls: true, HttpProtocols.Http1);
        await AssertFaultAsync(orchestrator, OutcomeCode.TlsFailed, alive: false);
    }

    [Fact]
    public async Task A_closed_port_is_unreachable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var answer = await Discovery().GetOrchestratorAsync($"https://127.0.0.1:{port}", Token);
        Assert.Equal(OutcomeCode.Unreachable, answer.Outcome.Code);
        Assert.False(answer.Alive);
    }

    [Theory]
    [InlineData("https://127.0.0.1", OutcomeCode.BadServiceUri)]
    [InlineData("ftp://127.0.0.1:1", OutcomeCode.BadServiceUri)]
    [InlineData("https://10.0.0.1:8935", OutcomeCode.BlockedAddress)]
    [InlineData("https://169.254.169.254:80", OutcomeCode.BlockedAddress)]
    public async Task An_address_that_may_not_be_dialled_is_not(string uri, OutcomeCode code) =>
        Assert.Equal(code, (await Discovery().GetOrchestratorAsync(uri, Token)).Outcome.Code);

    [Theory]
    [InlineData(SocketError.HostNotFound, OutcomeCode.NameNotFound)]
    [InlineData(SocketError.TryAgain, OutcomeCode.NameNotFound)]
    public async Task A_name_that_does_not_resolve_is_the_fault_of_whoever_chose_it(SocketError error, OutcomeCode code)
    {
        var dialer = new SafeDialer(new DialPolicy(), new FailingResolver(error), TimeProvider.System);
        var discovery = Create(dialer, OffChainPaymaster.Instance.Identity, Gateway.Patient, TimeProvider.System);
        Assert.Equal(code, (await discovery.GetOrchestratorAsync("https://orchestrator.example:8935", Token)).Outcome.Code);
    }

    [Fact]
    public async Task Our_own_cancellation_is_nobodys_fault()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        using var stop = new CancellationTokenSource();
        orchestrator.OnDiscovery = async context =>
        {
            await stop.CancelAsync();
            await ScriptedOrchestrator.SilenceAsync(context);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Discovery().GetOrchestratorAsync(orchestrator.Uri, stop.Token));
    }

    private IDiscovery Discovery(OrchestratorLimits? limits = null) =>
        Create(Gateway.Dialer(limits), OffChainPaymaster.Instance.Identity, limits ?? Gateway.Patient, TimeProvider.System);

    private async Task<DiscoveryAnswer> AssertFaultAsync(ScriptedOrchestrator orchestrator, OutcomeCode code, bool alive, OrchestratorLimits? limits = null)
    {
        var answer = await Discovery(limits).GetOrchestratorAsync(orchestrator.Uri, Token);
        Assert.Equal(code, answer.Outcome.Code);
        Assert.Equal(alive, answer.Alive);
        Assert.Null(answer.Session);
        return answer;
    }

    private sealed class FailingResolver(SocketError error) : INameResolver
    {
        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => throw new SocketException((int)error);
    }
}
