using System.Globalization;
using System.Net;
using System.Net.Http;
using Grpc.Core;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Net;

namespace Monitoring.Cluster.Discovery;

/// <summary>
/// The HTTP side of one gRPC call: it gives the request the headers of a stock gateway, and keeps what came back, because the library's own
/// exception does not tell whether the node said an error or the library found one.
/// </summary>
internal sealed class GrpcExchange : DelegatingHandler
{
    private readonly FirstConnection _facts;
    private HttpResponseMessage? _response;
    private Exception? _failure;

    private GrpcExchange(HttpMessageHandler inner, FirstConnection facts)
        : base(inner) => _facts = facts;

    /// <summary>What is known of the only connection; null when none stood.</summary>
    public ConnectionFacts? Connection => _facts.Connection;

    /// <summary>A well-formed error came from the node, which proves that it lives.</summary>
    public bool HasServersError => Status is not (null or 0);

    // An answer without a message may put its status among the headers: "trailers only".
    private int? Status => _response is { StatusCode: HttpStatusCode.OK } response && IsGrpc(response)
        && (response.TrailingHeaders.TryGetValues("grpc-status", out var values) || response.Headers.TryGetValues("grpc-status", out values))
        && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static GrpcExchange Open(SafeDialer dialer, SafeHttpOptions options)
    {
        var facts = new FirstConnection();
        return new GrpcExchange(SafeHttp.CreateGuardedHandler(dialer, options with { Observer = facts }), facts);
    }

    /// <summary>Why the call brought no message.</summary>
    /// <param name="thrown">What the library threw; not a cancellation.</param>
    public Outcome Judge(Exception thrown)
    {
        if (_failure is { } failure) return TransportErrors.Of(failure, OutcomeCode.DiscoveryTimedOut, OutcomeCode.DiscoveryRefused);
        if (_response is not { } response) return TransportErrors.Of(thrown, OutcomeCode.DiscoveryTimedOut, OutcomeCode.DiscoveryRefused);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            var code = (int)response.StatusCode is >= 300 and < 400 ? OutcomeCode.Redirected : OutcomeCode.ProtocolViolation;
            return new Outcome(code, $"HTTP {(int)response.StatusCode} in place of a gRPC answer");
        }

        if (!IsGrpc(response)) return Violates($"content type '{response.Content.Headers.ContentType?.MediaType}' in place of application/grpc");
        var status = (thrown as RpcException)?.Status ?? default;
        if (HasServersError) return OrchestratorErrors.OfCall(Status!.Value, status.Detail ?? "");
        return status switch
        {
            { StatusCode: StatusCode.ResourceExhausted } => new Outcome(OutcomeCode.AnswerTooLarge, Outcome.Clean(status.Detail)),
            { DebugException: HttpRequestException or IOException } =>
                TransportErrors.Of(status.DebugException, OutcomeCode.DiscoveryTimedOut, OutcomeCode.DiscoveryRefused),
            _ => Violates(status.DebugException?.Message ?? status.Detail ?? thrown.Message),
        };
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A node must not be able to tell a test from a customer, nor read anything of our tracing.
        request.Headers.Clear();
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        request.Headers.TryAddWithoutValidation("User-Agent", "grpc-go/1.68.1");
        try
        {
            return _response = await base.SendAsync(request, cancellationToken);
        }
        catch (Exception e)
        {
            _failure = e;
            throw;
        }
    }

    private static bool IsGrpc(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    private static Outcome Violates(string what) => new(OutcomeCode.ProtocolViolation, Outcome.Clean(what));

    private sealed class FirstConnection : IConnectionObserver
    {
        public ConnectionFacts? Connection { get; private set; }

        public void Connected(ConnectionFacts connection) => Connection ??= connection;
    }
}
