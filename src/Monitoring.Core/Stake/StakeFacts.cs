using System.Numerics;

namespace Monitoring.Core;

/// <summary>What the chain says of one orchestrator's stake (BondingManager): for delegators, who compare it with performance.</summary>
public sealed record StakeFacts
{
    /// <summary>The parts that <see cref="RewardCutParts"/> and <see cref="FeeShareParts"/> are of.</summary>
    public const int Parts = 1_000_000;

    /// <summary>Stake, in wei of LPT (10^-18 LPT).</summary>
    public required BigInteger Stake { get; init; }

    /// <summary>What it keeps of the rewards, parts of <see cref="Parts"/>.</summary>
    public required int RewardCutParts { get; init; }

    /// <summary>What its delegators get of the fees, parts of <see cref="Parts"/>.</summary>
    public required int FeeShareParts { get; init; }

    /// <summary>The first round in which it is active.</summary>
    public required long ActivationRound { get; init; }

    /// <summary>The first round in which it no longer is; null when it is not leaving.</summary>
    public required long? DeactivationRound { get; init; }

    /// <summary>The last round for which it called for its inflationary reward; 0 for never.</summary>
    public required long LastRewardRound { get; init; }

    /// <summary>The last round in which it was paid fees; 0 for never.</summary>
    public required long LastFeeRound { get; init; }

    /// <summary>What it earned in the newest rounds, newest first, as far as they were read.</summary>
    public ImmutableArray<RoundIncome> Rounds { get; init; } = [];
}

/// <summary>What one orchestrator and its delegators earned together in one round.</summary>
/// <param name="Round">The round.</param>
/// <param name="RewardCalled">Whether the inflationary reward of that round was called for.</param>
/// <param name="FeesPaid">Whether a winning ticket was cashed in that round.</param>
/// <param name="Rewards">In wei of LPT; null where the contract's numbers do not tell.</param>
/// <param name="Fees">In wei of ether; null where the contract's numbers do not tell.</param>
public sealed record RoundIncome(long Round, bool RewardCalled, bool FeesPaid, BigInteger? Rewards, BigInteger? Fees);

/// <summary>The stake of everybody in the pool at one block. Immutable; a new one replaces it.</summary>
/// <param name="Round">The last initialized round.</param>
/// <param name="At">The time of the block, UTC.</param>
/// <param name="Members">By orchestrator.</param>
public sealed record StakeBook(long Round, DateTimeOffset At, ImmutableDictionary<OrchestratorId, StakeFacts> Members);
