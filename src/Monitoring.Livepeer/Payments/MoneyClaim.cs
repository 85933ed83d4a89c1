using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>What an orchestrator says of our money or of itself to refuse a payment, as far as our own chain read can tell whether it is true.</summary>
internal enum MoneyClaim
{
    /// <summary>Nothing of the kind.</summary>
    None,

    /// <summary>Our reserve is too small.</summary>
    SmallReserve,

    /// <summary>Our funds are being unlocked.</summary>
    Unlocking,

    /// <summary>The ticket parameters that it gave out have expired meanwhile.</summary>
    Expired,

    /// <summary>It is not active, so it may not take payments.</summary>
    Inactive,
}

/// <summary>Reads claims out of the texts of refusals (protocol reference, 3.8).</summary>
internal static class MoneyClaims
{
    /// <summary>What a refusal claims.</summary>
    public static MoneyClaim Of(Outcome refusal)
    {
        if (refusal.Class != OutcomeClass.Fault) return MoneyClaim.None;
        if (Says(refusal, "insufficient sender reserve")) return MoneyClaim.SmallReserve;

        // A reserve too small shows as this at /segment (protocol reference, section 9, item 9).
        if (refusal.Code == OutcomeCode.ServerError && refusal.Detail.StartsWith("HTTP 500", StringComparison.Ordinal)) return MoneyClaim.SmallReserve;
        if (Says(refusal, "is set to unlock soon")) return MoneyClaim.Unlocking;
        if (refusal.Code != OutcomeCode.TicketRefused) return MoneyClaim.None;
        if (Says(refusal, SenderChecks.Expired)) return MoneyClaim.Expired;
        return Says(refusal, "is inactive in round") ? MoneyClaim.Inactive : MoneyClaim.None;
    }

    private static bool Says(Outcome refusal, string text) => refusal.Detail.Contains(text, StringComparison.Ordinal);
}
