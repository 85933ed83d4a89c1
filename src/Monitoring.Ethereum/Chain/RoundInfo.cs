namespace Monitoring.Ethereum;

/// <summary>The protocol's round (RoundsManager).</summary>
/// <param name="CurrentRound">By the block number; it advances even when nobody initializes it.</param>
/// <param name="LastInitializedRound">The one that payments go by.</param>
/// <param name="Initialized">Whether the current round is initialized.</param>
/// <param name="BlockHash">What is stored for the last initialized round: the hash of the L1 block before its initialization. It can be zero.</param>
public sealed record RoundInfo(long CurrentRound, long LastInitializedRound, bool Initialized, Hash32 BlockHash);
