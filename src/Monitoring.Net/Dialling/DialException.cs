using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace Monitoring.Net;

/// <summary>
/// A connection to a stranger was not made. <see cref="HttpClient"/> wraps it in an <see cref="HttpRequestException"/>;
/// <see cref="TryFind"/> finds it there.
/// </summary>
[SuppressMessage("Design", "CA1032", Justification = "A dial failure without its reason cannot be judged, so it cannot be made.")]
public sealed class DialException : Exception
{
    /// <summary>Names the failure and says in <paramref name="message"/> what was wrong, with which host.</summary>
    /// <param name="failure">Why no connection was made.</param>
    /// <param name="message">What was wrong, where, and what to do; fit for a log. It repeats nothing that a stranger said on the wire.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public DialException(DialFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    /// <summary>Why no connection was made.</summary>
    public DialFailure Failure { get; }

    /// <summary>The operating system's reason, where it gave one (for example <see cref="SocketError.NetworkUnreachable"/>).</summary>
    public SocketError? SocketError => (InnerException as SocketException)?.SocketErrorCode;

    /// <summary>Finds the dial failure behind an exception, itself or any inner one.</summary>
    /// <param name="exception">What was caught.</param>
    /// <param name="dial">The dial failure.</param>
    /// <returns>False where no dial failure caused it.</returns>
    public static bool TryFind(Exception? exception, [NotNullWhen(true)] out DialException? dial)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            dial = exception as DialException;
            if (dial is not null) return true;
        }

        dial = null;
        return false;
    }
}
