using Monitoring.Core;
using Monitoring.Net;

namespace Monitoring.Livepeer;

/// <summary>Discovery as unary gRPC over HTTP/2, one connection per call.</summary>
/// <param name="dialer">Opens the connections.</param>
/// <param name="identity">How we introduce ourselves: off-chain the zero address without a signature.</param>
/// <param name="limits">What is waited for.</param>
/// <param name="time">The clock.</param>
public sealed class GrpcDiscovery(SafeDialer dialer, GatewayIdentity identity, OrchestratorLimits limits, TimeProvider time) : IDiscovery
{
    private readonly GrpcCall _call = new(dialer, limits, time);

    /// <summary>Makes one; a <see cref="DiscoveryFactory"/>.</summary>
    public static IDiscovery Create(SafeDialer dialer, GatewayIdentity identity, OrchestratorLimits limits, TimeProvider time) => new GrpcDiscovery(dialer, identity, limits, time);

    /// <inheritdoc />
    public async Task<DiscoveryAnswer> GetOrchestratorAsync(string serviceUri, CancellationToken cancellationToken)
    {
        if (!ServiceUris.TryParse(serviceUri, out var uri, out var why)) return DiscoveryMessages.Fault(OutcomeCode.BadServiceUri, why);
        var answer = await _call.SendAsync(uri, "/net.Orchestrator/GetOrchestrator", DiscoveryMessages.Request(identity), cancellationToken);
        var found = answer.Outcome.Code == OutcomeCode.Completed ? DiscoveryMessages.Read(answer.Message) : new DiscoveryAnswer { Outcome = answer.Outcome };
        return found with
        {
            Alive = answer.Alive,
            Elapsed = answer.Elapsed,
            DialledAddress = answer.Connection?.RemoteEndPoint.ToString() ?? "",
            CertificateSha256 = answer.Connection?.CertificateSha256 ?? "",
        };
    }

    /// <inheritdoc />
    public async Task<Outcome> EndTranscodingSessionAsync(OrchestratorSession session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        var request = new Wire.EndTranscodingSessionRequest { AuthToken = session.AuthToken };
        var answer = await _call.SendAsync(new Uri(session.Transcoder), "/net.Orchestrator/EndTranscodingSession", request, cancellationToken);
        return answer.Outcome;
    }
}
