namespace Monitoring.Simulator;

/// <summary>What a node does wrong with money. Without a chain only <see cref="ExpiredToken"/> has an effect.</summary>
public enum PaymentFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Refuses every payment: the nonce was used before, it says.</summary>
    ClaimsSeenNonce,

    /// <summary>Refuses every payment: the parameters have expired, it says.</summary>
    ClaimsExpiry,

    /// <summary>Refuses every payment: the sender is about to unlock its funds, it says.</summary>
    ClaimsUnlocking,

    /// <summary>Refuses every payment: it is not active in this round, it says.</summary>
    ClaimsInactivity,

    /// <summary>Says that the sender's reserve is too small, in discovery and at each segment.</summary>
    ClaimsNoReserve,

    /// <summary>Takes the tickets, and says that the balance is insufficient.</summary>
    TakesAndRefuses,

    /// <summary>Gives out auth tokens that have expired.</summary>
    ExpiredToken,

    /// <summary>Gives out ticket parameters that have expired.</summary>
    ExpiredParams,

    /// <summary>Gives out ticket parameters with a hash of no number it knows, and so accepts no ticket.</summary>
    WrongRecipientRand,

    /// <summary>States a tenth less than the price that its ticket parameters are bound to, and so accepts no ticket.</summary>
    WrongPrice,

    /// <summary>From a session's first result on: the ticket parameters belong to the price of discovery, the price beside them is a tenth higher.</summary>
    MixedParams,

    /// <summary>Gives a sender the same ticket parameters again and again, as long as L1 stands at one block; it works, until their nonces run out.</summary>
    RepeatsParams,

    /// <summary>States the negative of its price.</summary>
    NegativePrice,

    /// <summary>Asks for a face value of a million ETH, at the usual expected value.</summary>
    AbsurdFaceValue,

    /// <summary>Asks for tickets whose expected value is half an ETH.</summary>
    AbsurdTicketValue,

    /// <summary>Sends a face value and a probability of 4,096 bytes each.</summary>
    OversizedNumbers,
}
