using System.Numerics;

namespace Monitoring.Ethereum;

/// <summary>The funds of a sender of tickets (TicketBroker, <c>getSenderInfo</c>).</summary>
/// <param name="Deposit">Pays winning tickets, in wei.</param>
/// <param name="WithdrawRound">The round from which the sender may withdraw; 0 when no unlock is under way.</param>
/// <param name="ReserveFundsRemaining">The reserve that is left, in wei.</param>
/// <param name="ClaimedInCurrentRound">What orchestrators took from the reserve in this round, in wei.</param>
public sealed record SenderInfo(BigInteger Deposit, long WithdrawRound, BigInteger ReserveFundsRemaining, BigInteger ClaimedInCurrentRound);
