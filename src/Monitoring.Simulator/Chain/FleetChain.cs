using System.Globalization;
using System.Numerics;
using System.Text;
using Monitoring.Ethereum;

namespace Monitoring.Simulator;

/// <summary>
/// The made-up chain of a fleet as the other side reads it: the same facts that the nodes go by, and the nodes as the pool. As on Arbitrum a
/// block has another number than the L1 block by which tickets expire.
/// </summary>
internal sealed class FleetChain(SimulatedChain chain, ImmutableArray<SimulatedNode> nodes, TimeProvider clock) : IChain
{
    private const int BlocksPerL1Block = 48;

    private static readonly BigInteger Lpt = BigInteger.Pow(10, 18);

    public Task<ChainHead> GetHeadAsync(CancellationToken cancellationToken) => Task.FromResult(Head(chain.Facts));

    public async Task<SenderInfo> GetSenderInfoAsync(Address sender, CancellationToken cancellationToken)
    {
        var facts = await chain.ReadSenderAsync(sender, Address.Zero, cancellationToken);
        return new SenderInfo(facts.Deposit, facts.WithdrawRound, facts.ReserveRemaining, facts.ReserveClaimed);
    }

    public Task<RoundInfo> GetRoundAsync(CancellationToken cancellationToken)
    {
        var facts = chain.Facts;
        return Task.FromResult(new RoundInfo(facts.Round, facts.Round, Initialized: true, facts.RoundBlockHash));
    }

    public async Task<ActiveSet> WalkActiveSetAsync(CancellationToken cancellationToken)
    {
        var facts = chain.Facts;
        var members = ImmutableArray.CreateBuilder<PoolMember>();
        foreach (var node in nodes)
        {
            if (!await chain.IsActiveAsync(node.Signer.Address, cancellationToken)) continue;
            members.Add(new PoolMember
            {
                Address = node.Signer.Address,
                ServiceUri = node.Uri.GetLeftPart(UriPartial.Authority),
                Stake = (1000 - members.Count) * Lpt,
                RewardCut = PoolMember.Parts / 10,
                FeeShare = PoolMember.Parts / 2,
                ActivationRound = 1,
                DeactivationRound = null,
                LastRewardRound = facts.Round,
            });
        }

        return new ActiveSet(Head(facts), facts.Round, members.ToImmutable());
    }

    public Task<BigInteger> GetGasPriceAsync(CancellationToken cancellationToken) => Task.FromResult(chain.Facts.GasPrice);

    private ChainHead Head(ChainFacts facts)
    {
        var number = (long)facts.L1Block * BlocksPerL1Block;
        var hash = Hash32.FromBytes(Keccak256.Hash(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"simulated block {number}"))));
        return new ChainHead(number, hash, (long)facts.L1Block, DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds()));
    }
}
