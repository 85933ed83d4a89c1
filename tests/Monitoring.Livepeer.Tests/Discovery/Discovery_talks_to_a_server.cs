using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Monitoring.Core;
using Monitoring.Net;

namespace Monitoring.Livepeer.Tests;

public sealed class Discovery_talks_to_a_server
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_comes_over_tls_and_over_plain_http2(bool tls)
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync(tls);
        var answer = await Gateway.Discovery().GetOrchestratorAsync(orchestrator.Uri, Token);

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
    public async Task The_session_is_ended_with_its_token()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        var discovery = Gateway.Discovery();
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
        orchestrator.OnDiscovery = async context =>
        {
            context.Response.ContentType = "application/grpc";
            var block = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(block, context.RequestAborted);
        };
        await AssertFaultAsync(orchestrator, OutcomeCode.AnswerTooLarge, alive: false);
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
        var answer = await Gateway.Discovery().GetOrchestratorAsync($"https://127.0.0.1:{port}", Token);
        Assert.Equal(OutcomeCode.Unreachable, answer.Outcome.Code);
        Assert.False(answer.Alive);
    }

    [Theory]
    [InlineData("https://127.0.0.1", OutcomeCode.BadServiceUri)]
    [InlineData("ftp://127.0.0.1:1", OutcomeCode.BadServiceUri)]
    [InlineData("https://10.0.0.1:8935", OutcomeCode.BlockedAddress)]
    [InlineData("https://169.254.169.254:80", OutcomeCode.BlockedAddress)]
    public async Task An_address_that_may_not_be_dialled_is_not(string uri, OutcomeCode code) =>
        Assert.Equal(code, (await Gateway.Discovery().GetOrchestratorAsync(uri, Token)).Outcome.Code);

    [Theory]
    [InlineData(SocketError.HostNotFound, OutcomeCode.NameNotFound)]
    [InlineData(SocketError.TryAgain, OutcomeCode.NameNotFound)]
    public async Task A_name_that_does_not_resolve_is_the_fault_of_whoever_chose_it(SocketError error, OutcomeCode code)
    {
        var dialer = new SafeDialer(new DialPolicy(), new FailingResolver(error), TimeProvider.System);
        var discovery = new GrpcDiscovery(dialer, OffChainPaymaster.Instance.Identity, Gateway.Patient, TimeProvider.System);
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
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Gateway.Discovery().GetOrchestratorAsync(orchestrator.Uri, stop.Token));
    }

    private static async Task<DiscoveryAnswer> AssertFaultAsync(ScriptedOrchestrator orchestrator, OutcomeCode code, bool alive, OrchestratorLimits? limits = null)
    {
        var answer = await Gateway.Discovery(limits).GetOrchestratorAsync(orchestrator.Uri, Token);
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
