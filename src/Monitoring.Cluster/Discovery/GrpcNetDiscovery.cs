using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Net;
using Messages = Monitoring.Livepeer.Wire;

namespace Monitoring.Cluster.Discovery;

/// <summary>
/// Discovery over Grpc.Net.Client, one channel per call. The connections are the safe dialer's all the same, and what a node sees of a call
/// is what it sees of a gateway's.
/// </summary>
/// <param name="dialer">Opens the connections.</param>
/// <param name="identity">How we introduce ourselves: off-chain the zero address without a signature.</param>
/// <param name="limits">What is waited for, and the most bytes of a message.</param>
/// <param name="time">The clock of the limits.</param>
public sealed class GrpcNetDiscovery(SafeDialer dialer, GatewayIdentity identity, OrchestratorLimits limits, TimeProvider time) : IDiscovery
{
    private const string Service = "net.Orchestrator";

    // Answers stay bytes here: what is in them is judged apart from whether they came.
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(bytes => bytes, bytes => bytes);
    private static readonly Method<Messages.OrchestratorRequest, byte[]> GetOrchestrator = Unary<Messages.OrchestratorRequest>("GetOrchestrator");
    private static readonly Method<Messages.EndTranscodingSessionRequest, byte[]> EndTranscodingSession = Unary<Messages.EndTranscodingSessionRequest>("EndTranscodingSession");

    /// <inheritdoc />
    public async Task<DiscoveryAnswer> GetOrchestratorAsync(string serviceUri, CancellationToken cancellationToken)
    {
        if (!ServiceUris.TryParse(serviceUri, out var uri, out var why)) return DiscoveryMessages.Fault(OutcomeCode.BadServiceUri, why);
        var start = time.GetTimestamp();
        using var exchange = Open();
        var (outcome, message) = await CallAsync(exchange, uri, GetOrchestrator, DiscoveryMessages.Request(identity), cancellationToken);
        var found = message is null ? new DiscoveryAnswer { Outcome = outcome } : DiscoveryMessages.Read(message);
        return found with
        {
            Alive = message is not null || exchange.HasServersError,
            Elapsed = time.GetElapsedTime(start),
            DialledAddress = exchange.Connection?.RemoteEndPoint.ToString() ?? "",
            CertificateSha256 = exchange.Connection?.CertificateSha256 ?? "",
        };
    }

    /// <inheritdoc />
    public async Task<Outcome> EndTranscodingSessionAsync(OrchestratorSession session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        using var exchange = Open();
        var request = new Messages.EndTranscodingSessionRequest { AuthToken = session.AuthToken };
        return (await CallAsync(exchange, new Uri(session.Transcoder), EndTranscodingSession, request, cancellationToken)).Outcome;
    }

    private static Method<T, byte[]> Unary<T>(string name)
        where T : IMessage => new(MethodType.Unary, Service, name, Marshallers.Create<T>(m => m.ToByteArray(), _ => throw new NotSupportedException()), Bytes);

    private GrpcExchange Open() => GrpcExchange.Open(dialer, new SafeHttpOptions { HandshakeTimeout = limits.Connect, MaxConnectionsPerServer = 1 });

    private async Task<(Outcome Outcome, byte[]? Message)> CallAsync<T>(
        GrpcExchange exchange, Uri address, Method<T, byte[]> method, T request, CancellationToken cancellationToken)
        where T : class
    {
        // The deadline is kept on our side, by our clock, and not told to the node: a gateway does not tell it either.
        using var limit = new CancellationTokenSource(limits.Call, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var channel = GrpcChannel.ForAddress(address.GetLeftPart(UriPartial.Authority), new GrpcChannelOptions
            {
                HttpHandler = exchange,
                MaxReceiveMessageSize = limits.MessageBytes,
                CompressionProviders = [],
                ThrowOperationCanceledOnCancellation = true,
            });
            using var call = channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(cancellationToken: either.Token), request);
            return (new Outcome(OutcomeCode.Completed), await call.ResponseAsync);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception) when (limit.IsCancellationRequested)
        {
            return (new Outcome(OutcomeCode.DiscoveryTimedOut, FormattableString.Invariant($"no gRPC answer within {limits.Call.TotalSeconds:0.###} s")), null);
        }
        catch (Exception e)
        {
            return (exchange.Judge(e), null);
        }
    }
}
