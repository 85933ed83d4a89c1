using System.Numerics;
using Monitoring.Ethereum;

namespace Monitoring.Simulator;

/// <summary>The chain at one moment. The defaults are those of the recorded orchestrator's stand-in chain.</summary>
public sealed record ChainFacts
{
    /// <summary>The last L1 block seen; tickets expire by it. Default 1000.</summary>
    public BigInteger L1Block { get; init; } = 1000;

    /// <summary>The last initialized round. Default 42.</summary>
    public long Round { get; init; } = 42;

    /// <summary>The L1 block hash stored for that round; zero where the chain lost it.</summary>
    public Hash32 RoundBlockHash { get; init; } = Hash32.FromBytes(Convert.FromHexString("66c079d1e1b0387ee0afafb68dc576c88d44b45a79676470088bb88bebb2a45d"));

    /// <summary>The hash stored for the round before; stands in where that of the last round is zero (protocol section 3.4).</summary>
    public Hash32 PreviousRoundBlockHash { get; init; }

    /// <summary>Wei for one unit of gas; not negative. Default 0.1 gwei.</summary>
    public BigInteger GasPrice { get; init; } = 100_000_000;

    /// <summary>The orchestrators among whom each reserve is divided. Default 1.</summary>
    public int PoolSize { get; init; } = 1;
}
