namespace Monitoring.Ethereum;

/// <summary>What governance may change, read at one block.</summary>
/// <param name="PoolSize">Orchestrators in the pool; a sender's reserve is divided by it.</param>
/// <param name="PoolMaxSize">The most that it takes.</param>
/// <param name="RoundStartBlock">The L1 block at which the current round began.</param>
/// <param name="RoundLength">L1 blocks of a round.</param>
/// <param name="UnlockPeriod">Rounds from an unlock to the withdrawal.</param>
/// <param name="TicketValidityPeriod">Rounds in which a ticket can be redeemed.</param>
/// <param name="Paused">Whether the Controller is paused: nothing can be funded or redeemed then.</param>
public sealed record ProtocolParameters(int PoolSize, int PoolMaxSize, long RoundStartBlock, long RoundLength, long UnlockPeriod, long TicketValidityPeriod, bool Paused);
