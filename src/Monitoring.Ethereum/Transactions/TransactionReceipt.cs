using System.Numerics;

namespace Monitoring.Ethereum;

/// <summary>What became of a transaction that is in a block.</summary>
/// <param name="Hash">Its hash.</param>
/// <param name="BlockNumber">The block.</param>
/// <param name="Succeeded">False when the contract refused: nothing happened but that gas was paid.</param>
/// <param name="Cost">What was paid for gas, in wei.</param>
public sealed record TransactionReceipt(Hash32 Hash, long BlockNumber, bool Succeeded, BigInteger Cost);
