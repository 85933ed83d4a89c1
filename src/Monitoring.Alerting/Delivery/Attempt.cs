namespace Monitoring.Alerting;

/// <summary>How one attempt to tell somebody ended.</summary>
public enum Verdict
{
    /// <summary>The receiver has it.</summary>
    Taken,

    /// <summary>The receiver, or the way to it, fails just now; it may have it all the same.</summary>
    Failed,

    /// <summary>The receiver will not have it as it is.</summary>
    Refused,
}

/// <summary>What came of one attempt.</summary>
/// <param name="Verdict">How it ended.</param>
/// <param name="Status">The HTTP status; 0 when no answer came.</param>
/// <param name="Answer">What was said or what went wrong, cleaned; at most 300 characters and without our secrets.</param>
/// <param name="RetryAfter">The wait that the receiver asks for, if any.</param>
public readonly record struct Attempt(Verdict Verdict, int Status, string Answer, TimeSpan? RetryAfter = null);
