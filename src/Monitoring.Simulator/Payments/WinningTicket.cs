using System.Numerics;
using Monitoring.Ethereum;

namespace Monitoring.Simulator;

/// <summary>A ticket that won, with everything <c>redeemWinningTicket</c> of the ticket broker wants.</summary>
/// <param name="Ticket">The ticket.</param>
/// <param name="Signature">The sender's signature over its hash.</param>
/// <param name="RecipientRand">The recipient's number whose hash is in the ticket.</param>
public sealed record WinningTicket(ReceivedTicket Ticket, Signature Signature, BigInteger RecipientRand);
