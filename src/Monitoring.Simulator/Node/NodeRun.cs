using System.Security.Cryptography;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Monitoring.Ethereum;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator;

/// <summary>
/// What one orchestrator process holds from its start to its end: secret, sessions, settlement. A restarted node gets a new one, so old auth
/// tokens and old renditions are gone, as they are with a real one.
/// </summary>
internal sealed class NodeRun : IDisposable
{
    private const string CappedText = "OrchestratorCapped";

    private readonly SimulatedNode _node;
    private readonly NodeOptions _options;
    private readonly OrchestratorService _service;
    private readonly SegmentRoute _segments;
    private readonly StreamRoute _streams;

    public NodeRun(SimulatedNode node, ISigner signer, NodeOptions options, FleetContext fleet, CounterBoard counters)
    {
        (_node, _options, Fleet, Counters) = (node, options, fleet, counters);
        Tokens = new AuthTokens(fleet.AuthTokenSecret is { } secret ? secret.AsSpan() : RandomNumberGenerator.GetBytes(32), fleet.Clock);
        Sessions = new SessionTable(options.MaxSessions, fleet.Clock, counters);
        Settlement = fleet.OnChain is { } chain
            ? new OnChainSettlement(signer, options.Price, chain, SecretOf(chain), fleet.Clock, counters, () => Behaviour)
            : new OffChainSettlement(() => Behaviour);
        (_service, _segments, _streams) = (new OrchestratorService(this), new SegmentRoute(this), new StreamRoute(this));
    }

    public FleetContext Fleet { get; }

    public CounterBoard Counters { get; }

    public AuthTokens Tokens { get; }

    public SessionTable Sessions { get; }

    public ISettlement Settlement { get; }

    public Behaviour Behaviour => _node.Behaviour;

    /// <summary>Without a slash at its end: paths are appended to it as they are.</summary>
    public string ServiceUri => _node.Uri.GetLeftPart(UriPartial.Authority);

    /// <summary>Whether a session, or a new one where none is named, would be refused.</summary>
    public string? CapacityProblem(string? sessionId)
    {
        var isOpen = sessionId is not null && Sessions.Find(sessionId) is not null;
        return (Behaviour.RefusesSessions && !isOpen) || !Sessions.HasRoomFor(sessionId) ? CappedText : null;
    }

    /// <summary>A token for a new session.</summary>
    public AuthToken IssueToken() => Behaviour.Payment == PaymentFault.ExpiredToken ? Tokens.IssueExpired() : Tokens.Issue();

    /// <summary>The info of discovery (without a stage) and of every result, or what keeps the node from making it.</summary>
    public async ValueTask<(OrchestratorInfo Info, string? Problem)> MakeInfoAsync(
        AuthToken token, ByteString sender, SessionStage? stage, CancellationToken cancellation)
    {
        var info = new OrchestratorInfo
        {
            Transcoder = ServiceUri,
            Address = Settlement.Address,
            Capabilities = NodeCapabilities.Make(),
            AuthToken = token,
        };
        return (info, await Settlement.CompleteAsync(info, sender, stage, cancellation));
    }

    public async Task AnswerAsync(HttpContext http)
    {
        var cancellation = http.RequestAborted;
        if (_options.Distance > TimeSpan.Zero) await Task.Delay(_options.Distance, Fleet.Clock, cancellation);

        var path = http.Request.Path.Value ?? "";
        // As a real node does it: the content type decides, and only over HTTP/2.
        if (HttpProtocol.IsHttp2(http.Request.Protocol) && http.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true)
        {
            await _service.AnswerAsync(path, new GrpcExchange(http));
        }
        else if (path == "/segment")
        {
            await _segments.AnswerSegmentAsync(http);
        }
        else if (path == "/payment")
        {
            await _segments.AnswerPaymentAsync(http);
        }
        else if (path.StartsWith("/stream/", StringComparison.Ordinal))
        {
            await _streams.AnswerAsync(http, path);
        }
        else
        {
            await Refusal.NotFound.WriteAsync(http.Response, cancellation);
        }
    }

    public void Dispose() => Sessions.Dispose();

    private static ReadOnlySpan<byte> SecretOf(OnChainOptions chain) =>
        chain.TicketSecret is { } chosen ? chosen.AsSpan() : RandomNumberGenerator.GetBytes(32);
}
