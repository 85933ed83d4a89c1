using System.Numerics;
using Monitoring.Ethereum;

namespace Monitoring.Standalone.Tests.Sources;

/// <summary>A chain that says what a test wants it to say.</summary>
internal sealed class FakeChain : IChain
{
    public ActiveSet Set { get; set; } = new(new ChainHead(1, default, 1, DateTimeOffset.UnixEpoch), 1000, []);

    public SenderInfo Funds { get; set; } = new(0, 0, 0, 0);

    public RoundInfo Round { get; set; } = new(1000, 1000, true, default);

    public ChainException? Trouble { get; set; }

    public Task<ChainHead> GetHeadAsync(CancellationToken cancellationToken) => Answer(Set.Head);

    public Task<SenderInfo> GetSenderInfoAsync(Address sender, CancellationToken cancellationToken) => Answer(Funds);

    public Task<RoundInfo> GetRoundAsync(CancellationToken cancellationToken) => Answer(Round);

    public Task<ActiveSet> WalkActiveSetAsync(CancellationToken cancellationToken) => Answer(Set);

    public Task<BigInteger> GetGasPriceAsync(CancellationToken cancellationToken) => Answer(new BigInteger(10_000_000));

    private Task<T> Answer<T>(T value) => Trouble is null ? Task.FromResult(value) : Task.FromException<T>(Trouble);
}
