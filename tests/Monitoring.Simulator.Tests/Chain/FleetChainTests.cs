using Monitoring.Ethereum;
using Monitoring.Testing;

namespace Monitoring.Simulator.Tests.Chain;

/// <summary>Both sides of a payment must see the same chain.</summary>
public sealed class FleetChainTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, 500, TimeSpan.Zero);

    private readonly CancellationToken _cancellation = Deadline.Token();
    private readonly SimulatedChain _chain = new();

    [Fact]
    public async Task A_client_reads_the_facts_that_the_nodes_go_by()
    {
        await using var fleet = await StartAsync();
        var sender = Address.Parse("0x2c7536E3605D9C16a7a3D7b1898e529396a65c23");
        _chain.SetSender(sender, new SenderFacts { Deposit = 1, WithdrawRound = 2, ReserveRemaining = 3, ReserveClaimed = 4 });
        _chain.Change(facts => facts with { L1Block = 2000, Round = 50, GasPrice = 7 });

        var head = await fleet.Chain!.GetHeadAsync(_cancellation);
        var round = await fleet.Chain.GetRoundAsync(_cancellation);

        Assert.Equal((2000L, Now.AddMilliseconds(-500)), (head.L1BlockNumber, head.Time));
        Assert.NotEqual(head.L1BlockNumber, head.Number);
        Assert.Equal((50L, 50L, true, new ChainFacts().RoundBlockHash), (round.CurrentRound, round.LastInitializedRound, round.Initialized, round.BlockHash));
        Assert.Equal(new SenderInfo(1, 2, 3, 4), await fleet.Chain.GetSenderInfoAsync(sender, _cancellation));
        Assert.Equal(7, await fleet.Chain.GetGasPriceAsync(_cancellation));
    }

    [Fact]
    public async Task The_pool_is_the_nodes_that_are_active()
    {
        await using var fleet = await StartAsync();
        _chain.Deactivate(fleet.Nodes[1].Signer.Address);

        var set = await fleet.Chain!.WalkActiveSetAsync(_cancellation);

        Assert.Equal(
            new[] { fleet.Nodes[0], fleet.Nodes[2] }.Select(n => (n.Id, n.Uri.GetLeftPart(UriPartial.Authority))),
            set.Members.Select(m => (m.Address.ToOrchestratorId(), m.ServiceUri)));
        Assert.True(set.Members[0].Stake > set.Members[1].Stake);
        Assert.All(set.Members, m => Assert.True(m.IsActiveIn(set.Round)));
    }

    [Fact]
    public async Task A_node_beside_a_real_chain_sees_what_that_chain_says()
    {
        await using var fleet = await StartAsync();
        var counted = new CountedChain(fleet.Chain!);
        var real = new FollowedChain(counted);
        var someone = Address.Parse("0x2c7536E3605D9C16a7a3D7b1898e529396a65c23");
        _chain.SetSender(someone, new SenderFacts { Deposit = 1, WithdrawRound = 2, ReserveRemaining = 3, ReserveClaimed = 4 });

        Assert.Equal(_chain.Facts with { PoolSize = 3 }, await real.ReadAsync(_cancellation));
        Assert.Equal(
            new SenderFacts { Deposit = 1, WithdrawRound = 2, ReserveRemaining = 3, ReserveClaimed = 4 },
            await real.ReadSenderAsync(someone, someone, _cancellation));
        Assert.True(await real.IsActiveAsync(fleet.Nodes[0].Signer.Address, _cancellation));
        Assert.False(await real.IsActiveAsync(someone, _cancellation));
        Assert.Equal(1, counted.Walks);

        // Until the next block the pool is the one that was walked.
        _chain.Deactivate(fleet.Nodes[0].Signer.Address);
        Assert.True(await real.IsActiveAsync(fleet.Nodes[0].Signer.Address, _cancellation));
        _chain.Change(facts => facts with { L1Block = facts.L1Block + 1 });
        Assert.False(await real.IsActiveAsync(fleet.Nodes[0].Signer.Address, _cancellation));
        Assert.Equal(2, counted.Walks);
    }

    [Fact]
    public async Task Off_chain_there_is_none()
    {
        await using var fleet = await OneNode.StartAsync(Behaviour.Fast, _cancellation);

        Assert.Null(fleet.Chain);
    }

    private Task<SimulatedFleet> StartAsync() => SimulatedFleet.StartAsync(
        new FleetOptions
        {
            Nodes = [.. new[] { "a", "b", "c" }.Select(name => new NodeOptions { Name = name, Behaviour = Behaviour.Fast })],
            OnChain = new OnChainOptions { Chain = _chain },
            Clock = new VirtualTime(Now),
        },
        _cancellation);

    private sealed class CountedChain(IChain inner) : IChain
    {
        public int Walks { get; private set; }

        public Task<ChainHead> GetHeadAsync(CancellationToken cancellationToken) => inner.GetHeadAsync(cancellationToken);

        public Task<SenderInfo> GetSenderInfoAsync(Address sender, CancellationToken cancellationToken) => inner.GetSenderInfoAsync(sender, cancellationToken);

        public Task<RoundInfo> GetRoundAsync(CancellationToken cancellationToken) => inner.GetRoundAsync(cancellationToken);

        public Task<ActiveSet> WalkActiveSetAsync(CancellationToken cancellationToken)
        {
            Walks++;
            return inner.WalkActiveSetAsync(cancellationToken);
        }

        public Task<System.Numerics.BigInteger> GetGasPriceAsync(CancellationToken cancellationToken) => inner.GetGasPriceAsync(cancellationToken);
    }
}
