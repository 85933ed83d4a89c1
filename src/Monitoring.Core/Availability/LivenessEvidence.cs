namespace Monitoring.Core;

/// <summary>What the outcome of a test says about life. A well-formed gRPC answer proves it, errors included; void and not run say nothing.</summary>
public static class LivenessEvidence
{
    /// <summary>True when it was alive, false when it was not, null when the outcome does not tell.</summary>
    public static bool? Of(OutcomeCode code) => code switch
    {
        // The test never got an answer.
        OutcomeCode.BadServiceUri or OutcomeCode.NameNotFound or OutcomeCode.BlockedAddress or OutcomeCode.Unreachable
            or OutcomeCode.TlsFailed or OutcomeCode.DiscoveryTimedOut => false,

        // Either discovery or a later answer may have been meant.
        OutcomeCode.DiscoveryRefused or OutcomeCode.ProtocolViolation or OutcomeCode.AnswerTooLarge or OutcomeCode.TooSlow
            or OutcomeCode.Redirected or OutcomeCode.ServerError or OutcomeCode.Maintenance => null,

        // Everything else that is evidence comes after an answer to discovery, or is one.
        _ => OutcomeCodes.ClassOf(code) is OutcomeClass.Success or OutcomeClass.Fault or OutcomeClass.Excluded ? true : null,
    };
}
