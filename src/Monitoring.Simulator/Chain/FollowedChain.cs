using Monitoring.Ethereum;

namespace Monitoring.Simulator;

/// <summary>
/// The facts of a real chain, for a fleet beside a local one: the pool is walked anew with each new block. What no read of ours covers is
/// taken as nothing: claims of a single recipient, and the hash of the round before the last.
/// </summary>
public sealed class FollowedChain(IChain chain) : ISimulatedChain
{
    private readonly Lock _lock = new();
    private (ChainHead Head, ActiveSet Set)? _walked;

    /// <inheritdoc />
    public async ValueTask<ChainFacts> ReadAsync(CancellationToken cancellation)
    {
        var set = await WalkAsync(cancellation);
        var round = await chain.GetRoundAsync(cancellation);
        return new ChainFacts
        {
            L1Block = set.Head.L1BlockNumber,
            Round = round.LastInitializedRound,
            RoundBlockHash = round.BlockHash,
            GasPrice = await chain.GetGasPriceAsync(cancellation),
            PoolSize = set.Members.Length,
        };
    }

    /// <inheritdoc />
    public async ValueTask<SenderFacts> ReadSenderAsync(Address sender, Address recipient, CancellationToken cancellation)
    {
        var info = await chain.GetSenderInfoAsync(sender, cancellation);
        return new SenderFacts
        {
            Deposit = info.Deposit,
            WithdrawRound = info.WithdrawRound,
            ReserveRemaining = info.ReserveFundsRemaining,
            ReserveClaimed = info.ClaimedInCurrentRound,
        };
    }

    /// <inheritdoc />
    public async ValueTask<bool> IsActiveAsync(Address orchestrator, CancellationToken cancellation)
    {
        var set = await WalkAsync(cancellation);
        return set.Members.Any(member => member.Address == orchestrator && member.IsActiveIn(set.Round));
    }

    private async Task<ActiveSet> WalkAsync(CancellationToken cancellation)
    {
        var head = await chain.GetHeadAsync(cancellation);
        lock (_lock)
        {
            if (_walked is { } known && known.Head == head) return known.Set;
        }

        var set = await chain.WalkActiveSetAsync(cancellation);
        lock (_lock) _walked = (set.Head, set);
        return set;
    }
}
