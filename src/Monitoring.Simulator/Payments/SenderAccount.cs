using Monitoring.Core;

namespace Monitoring.Simulator;

/// <summary>What one sender paid at one node since the fleet's start, over all sessions; exact, in wei of expected value.</summary>
public sealed record SenderAccount
{
    /// <summary>Different tickets with the sender's signature that reached the node, whatever became of them.</summary>
    public long TicketsReceived { get; init; }

    /// <summary>Tickets that reached the node before and came again: a nonce that was used twice for the same parameters.</summary>
    public long TicketsRepeated { get; init; }

    /// <summary>The expected value of all different ones: what the sender spent here, as far as it got here.</summary>
    public Rational Received { get; init; } = Rational.Zero;

    /// <summary>Tickets that were accepted.</summary>
    public long TicketsCredited { get; init; }

    /// <summary>The expected value of the accepted ones: the credit given.</summary>
    public Rational Credited { get; init; } = Rational.Zero;

    /// <summary>Taken off the credit for delivered pixels.</summary>
    public Rational Debited { get; init; } = Rational.Zero;

    /// <summary>The pixels that were debited.</summary>
    public long Pixels { get; init; }
}
