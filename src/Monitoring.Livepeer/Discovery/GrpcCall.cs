using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using Google.Protobuf;
using Monitoring.Core;
using Monitoring.Net;

namespace Monitoring.Livepeer;

/// <summary>One unary gRPC call over a connection of its own, as a gateway makes it (protocol reference, 1.1).</summary>
internal sealed class GrpcCall(SafeDialer dialer, OrchestratorLimits limits, TimeProvider time)
{
    private static readonly MediaTypeHeaderValue GrpcContent = new("application/grpc");

    /// <summary>Calls and waits for the whole answer.</summary>
    /// <param name="address">Scheme, host and port count; https offers h2 alone, http speaks HTTP/2 at once.</param>
    /// <param name="method">For example <c>/net.Orchestrator/GetOrchestrator</c>.</param>
    /// <param name="request">The message.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<GrpcAnswer> SendAsync(Uri address, string method, IMessage request, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var facts = new FirstConnection();
        using var limit = new CancellationTokenSource(limits.Call, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        GrpcAnswer answer;
        try
        {
            var options = new SafeHttpOptions { Observer = facts, HandshakeTimeout = limits.Connect, MaxConnectionsPerServer = 1 };
            using var http = SafeHttp.CreateInvoker(dialer, options);
            using var message = Request(address, method, request);
            using var response = await http.SendAsync(message, either.Token);
            answer = await ReadAsync(response, limits.Call - time.GetElapsedTime(start), either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            answer = TimedOut();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            answer = GrpcAnswer.Failed(TransportErrors.Of(e, OutcomeCode.DiscoveryTimedOut, OutcomeCode.DiscoveryRefused), alive: false);
        }

        return answer with { Elapsed = time.GetElapsedTime(start), Connection = facts.Connection };
    }

    private static HttpRequestMessage Request(Uri address, string method, IMessage request)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, new Uri(address, method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(GrpcFrame.Write(request)) { Headers = { ContentType = GrpcContent } },
        };
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        // The words of a stock gateway: a node must not be able to tell a test from a customer.
        message.Headers.TryAddWithoutValidation("User-Agent", "grpc-go/1.68.1");
        return message;
    }

    private async Task<GrpcAnswer> ReadAsync(HttpResponseMessage response, TimeSpan left, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            var code = (int)response.StatusCode is >= 300 and < 400 ? OutcomeCode.Redirected : OutcomeCode.ProtocolViolation;
            return GrpcAnswer.Failed(new Outcome(code, $"HTTP {(int)response.StatusCode} in place of a gRPC answer"), alive: false);
        }

        var type = response.Content.Headers.ContentType?.MediaType ?? "";
        if (!type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)) return Violates($"content type '{type}' in place of application/grpc");
        if (left <= TimeSpan.Zero) return TimedOut();

        var bounds = new BodyLimits { MaximumBytes = GrpcFrame.HeaderLength + limits.MessageBytes, Timeout = left };
        var body = await BoundedReader.ReadAsync(await response.Content.ReadAsStreamAsync(cancellationToken), bounds, time, cancellationToken);

        // An answer without a message may put its status among the headers: "trailers only".
        var status = Trailer(response, "grpc-status");
        if (!int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return Violates("the gRPC answer has no grpc-status");
        if (number != 0)
        {
            var text = GrpcFrame.DecodeMessage(Trailer(response, "grpc-message"));
            return GrpcAnswer.Failed(OrchestratorErrors.OfCall(number, text), alive: true);
        }

        return GrpcFrame.TryRead(body, out var message, out var problem)
            ? new GrpcAnswer(new Outcome(OutcomeCode.Completed), true, message.ToArray())
            : Violates(problem);
    }

    private static GrpcAnswer Violates(string what) => GrpcAnswer.Failed(new Outcome(OutcomeCode.ProtocolViolation, Outcome.Clean(what)), alive: false);

    private static string Trailer(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var trailing) ? trailing.First()
        : response.Headers.TryGetValues(name, out var leading) ? leading.First()
        : "";

    private GrpcAnswer TimedOut() => GrpcAnswer.Failed(
        new Outcome(OutcomeCode.DiscoveryTimedOut, FormattableString.Invariant($"no gRPC answer within {limits.Call.TotalSeconds:0.###} s")), alive: false);

    /// <summary>Keeps what is known of the only connection of the call.</summary>
    private sealed class FirstConnection : IConnectionObserver
    {
        public ConnectionFacts? Connection { get; private set; }

        public void Connected(ConnectionFacts connection) => Connection ??= connection;
    }
}

/// <summary>What a call brought.</summary>
/// <param name="Outcome">Completed when there is a message, else what was wrong.</param>
/// <param name="Alive">A well-formed gRPC answer came, an error or not.</param>
/// <param name="Message">The message's bytes; empty without one.</param>
internal sealed record GrpcAnswer(Outcome Outcome, bool Alive, ReadOnlyMemory<byte> Message)
{
    public TimeSpan Elapsed { get; init; }

    public ConnectionFacts? Connection { get; init; }

    public static GrpcAnswer Failed(Outcome outcome, bool alive) => new(outcome, alive, ReadOnlyMemory<byte>.Empty);
}
