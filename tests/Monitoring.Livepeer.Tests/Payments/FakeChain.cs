using System.Numerics;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer.Tests;

/// <summary>A chain whose every answer a test sets.</summary>
internal sealed class FakeChain : IChain
{
    public long L1Block { get; set; } = 1000;

    public SenderInfo Funds { get; set; } = new(BigInteger.Pow(10, 18), 0, 10 * BigInteger.Pow(10, 18), 0);

    public RoundInfo Round { get; set; } = new(42, 42, true, default);

    public BigInteger GasPrice { get; set; } = 100_000_000;

    public int PoolSize { get; set; } = 1;

    /// <summary>The first member of the pool.</summary>
    public Address First { get; set; } = Keys.Recipient.Address;

    /// <summary>The round in which the first member stops to be active; null for none.</summary>
    public long? FirstLeavesIn { get; set; }

    /// <summary>What a walk finds; null for a pool of <see cref="PoolSize"/>.</summary>
    public ActiveSet? Set { get; set; }

    public int Walks { get; private set; }

    public string? Trouble { get; set; }

    public int Reads { get; private set; }

    public Task<ChainHead> GetHeadAsync(CancellationToken cancellationToken)
    {
        Reads++;
        return Answer(new ChainHead(900_000_000, default, L1Block, DateTimeOffset.UnixEpoch));
    }

    public Task<SenderInfo> GetSenderInfoAsync(Address sender, CancellationToken cancellationToken) => Answer(Funds);

    public Task<RoundInfo> GetRoundAsync(CancellationToken cancellationToken) => Answer(Round);

    public Task<BigInteger> GetGasPriceAsync(CancellationToken cancellationToken) => Answer(GasPrice);

    public Task<ActiveSet> WalkActiveSetAsync(CancellationToken cancellationToken)
    {
        Walks++;
        return Answer(Set ?? new ActiveSet(new ChainHead(1, default, L1Block, DateTimeOffset.UnixEpoch), Round.LastInitializedRound, [.. Enumerable.Range(1, PoolSize).Select(Member)]));
    }

    private PoolMember Member(int place) => new()
    {
        Address = place == 1 ? First : Address.FromUri($"https://{place}"), ServiceUri = "", Stake = 1, RewardCut = 0, FeeShare = 0, ActivationRound = 1,
        DeactivationRound = place == 1 ? FirstLeavesIn : null, LastRewardRound = 1,
    };

    private Task<T> Answer<T>(T value) => Trouble is { } trouble ? Task.FromException<T>(new ChainException(ChainFault.Unreachable, trouble)) : Task.FromResult(value);
}
