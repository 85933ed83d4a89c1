namespace Monitoring.Web;

/// <summary>What alerting can be asked from outside.</summary>
public enum AlertSubject
{
    /// <summary>The alerts that were given up.</summary>
    DeadLetters,

    /// <summary>A receiver returns the mark of the daily test alert.</summary>
    Canary,

    /// <summary>An operator asks for a text to sign.</summary>
    Nonce,

    /// <summary>An operator asks for something by a signed text.</summary>
    Subscription,
}

/// <summary>A question to alerting, without the connection that it came by: the process that keeps the answer may be another one.</summary>
/// <param name="Subject">What about.</param>
/// <param name="Body">The body of the request, as long as the route allows; it may be anything.</param>
public readonly record struct AlertQuestion(AlertSubject Subject, ReadOnlyMemory<byte> Body);

/// <summary>What is answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">JSON; empty where the status says all.</param>
public readonly record struct AlertAnswer(int Status, ReadOnlyMemory<byte> Body)
{
    /// <summary>Nobody tells of alerts just now.</summary>
    public static AlertAnswer Nobody { get; } = Of(Reply.Error(StatusCodes.Status503ServiceUnavailable, "nobody here tells of alerts just now; ask again in a few seconds"));

    internal static AlertAnswer Of(Reply reply) => new(reply.Status, reply.Body);

    internal Reply ToReply() => new(Status, Body);
}

/// <summary>Asks whoever tells of alerts, in this process or in another.</summary>
/// <param name="question">The question.</param>
/// <param name="cancellationToken">Ends the wait.</param>
/// <returns>The answer; <see cref="AlertAnswer.Nobody"/> where there is nobody to ask.</returns>
public delegate Task<AlertAnswer> AskAlerts(AlertQuestion question, CancellationToken cancellationToken);
