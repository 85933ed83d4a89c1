using System.Collections.Immutable;
using System.Numerics;
using System.Text;

namespace Monitoring.Ethereum;

/// <summary>The pool of orchestrators as it stood at one block, in the pool's own order: by falling stake.</summary>
/// <param name="Head">The block of the walk.</param>
/// <param name="Round">The last initialized round at that block.</param>
/// <param name="Members">Everybody in the pool, also those who become active in the next round only; see <see cref="PoolMember.IsActiveIn"/>.</param>
public sealed record ActiveSet(ChainHead Head, long Round, ImmutableArray<PoolMember> Members);

/// <summary>One orchestrator of the pool (BondingManager, ServiceRegistry).</summary>
public sealed record PoolMember
{
    /// <summary>The parts that <see cref="RewardCut"/> and <see cref="FeeShare"/> are of.</summary>
    public const int Parts = 1_000_000;

    /// <summary>The most characters of a service URI that are kept: no usable one is longer.</summary>
    public const int MostUriLength = 2048;

    /// <summary>Who it is.</summary>
    public required Address Address { get; init; }

    /// <summary>The text in the service registry as it stands there: free text that its owner chose, possibly empty, at most 2,048 characters kept.</summary>
    public required string ServiceUri { get; init; }

    /// <summary>Live stake, in wei of LPT.</summary>
    public required BigInteger Stake { get; init; }

    /// <summary>What it keeps of the rewards, parts of 1,000,000.</summary>
    public required int RewardCut { get; init; }

    /// <summary>What delegators get of the fees, parts of 1,000,000.</summary>
    public required int FeeShare { get; init; }

    /// <summary>The first round in which it is active.</summary>
    public required long ActivationRound { get; init; }

    /// <summary>The first round in which it no longer is; null when it is not leaving.</summary>
    public required long? DeactivationRound { get; init; }

    /// <summary>The last round for which it called for its inflationary reward; 0 for never.</summary>
    public required long LastRewardRound { get; init; }

    /// <summary>The last round in which it was paid fees; 0 for never.</summary>
    public long LastFeeRound { get; init; }

    /// <summary>Its pool of <see cref="ActiveSet.Round"/> and of the rounds before, newest first, as far as they were read.</summary>
    public ImmutableArray<EarningsPool> Pools { get; init; } = [];

    /// <summary>
    /// The text of the service registry. Its owner chose the bytes: what is not UTF-8 is replaced and what is too long cut, so that nobody's
    /// text can break the walk over everybody.
    /// </summary>
    public static string TextOf(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        if (text.Length <= MostUriLength) return text;
        return text[..(char.IsHighSurrogate(text[MostUriLength - 1]) ? MostUriLength - 1 : MostUriLength)];
    }

    /// <summary>Whether it is in the active set of a round (BondingManager, <c>isActiveTranscoder</c>).</summary>
    public bool IsActiveIn(long round) => ActivationRound <= round && (DeactivationRound is not { } end || round < end);
}
