using System.Net.Http;
using System.Net.Sockets;
using Monitoring.Core;
using Monitoring.Net;

namespace Monitoring.Livepeer;

/// <summary>
/// What a failed connection, request or read means. Only what an orchestrator cannot bring about is ours here: it chooses the names and
/// addresses we are to reach, so a name server that fails and an address without a route are its own until the region's controls say otherwise.
/// </summary>
public static class TransportErrors
{
    /// <summary>The outcome behind an exception of a request, or of reading its response.</summary>
    /// <param name="exception">What was thrown; never a cancellation.</param>
    /// <param name="timedOut">The code of a body that did not end in time.</param>
    /// <param name="broken">The code of a connection that stood and broke.</param>
    public static Outcome Of(Exception exception, OutcomeCode timedOut, OutcomeCode broken)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (DialException.TryFind(exception, out var dial)) return new Outcome(OfDial(dial), Outcome.Clean(dial.Message));
        if (exception is BoundExceededException bound) return new Outcome(OfBound(bound.Bound, timedOut), Outcome.Clean(bound.Message));
        var code = exception switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.VersionNegotiationError } => OutcomeCode.TlsFailed,
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => OutcomeCode.TlsFailed,
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => OutcomeCode.AnswerTooLarge,
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => OutcomeCode.ProtocolViolation,
            _ => broken,
        };
        return new Outcome(code, Outcome.Clean($"the connection broke or the answer was no HTTP: {Innermost(exception).Message}"));
    }

    private static OutcomeCode OfDial(DialException dial) => dial.Failure switch
    {
        DialFailure.BadHost => OutcomeCode.BadServiceUri,
        DialFailure.NameNotFound => OutcomeCode.NameNotFound,
        DialFailure.ResolverFailed => OutcomeCode.NameNotFound,
        DialFailure.Blocked => OutcomeCode.BlockedAddress,
        DialFailure.TlsFailed => OutcomeCode.TlsFailed,
        DialFailure.Refused when IsOurs(dial.SocketError) => OutcomeCode.OurNetwork,
        _ => OutcomeCode.Unreachable,
    };

    // What this machine says of itself: no interface, no file handle, no buffer left.
    private static bool IsOurs(SocketError? error) =>
        error is SocketError.NetworkDown or SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable;

    private static OutcomeCode OfBound(Bound bound, OutcomeCode timedOut) => bound switch
    {
        Bound.TooLarge => OutcomeCode.AnswerTooLarge,
        Bound.TooSlow => OutcomeCode.TooSlow,
        _ => timedOut,
    };

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner) exception = inner;
        return exception;
    }
}
