using System.Numerics;
using Monitoring.Ethereum.Tests.Anvil;
using Monitoring.Testing.Anvil;
using Monitoring.Testing.Processes;

namespace Monitoring.Ethereum.Tests.Chain;

/// <summary>Against a real node with real contracts: what is read is what the contracts hold.</summary>
public abstract partial class ChainContract
{
    private const long LocalChainId = 31337;
    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);

    private LocalProtocol? _local;
    private IChain? _chain;

    private LocalProtocol Local => _local!;

    private IChain Chain => _chain!;

    [LimitedFact]
    public async Task Other_contracts_at_the_known_controller_of_Arbitrum_One_are_refused()
    {
        _local = await LocalChain.StartAsync();
        await PutControllerOfArbitrumOneAsync();
        var table = ProtocolContracts.ArbitrumOne;
        await NameAsync(table.BondingManager, table.RoundsManager, table.ServiceRegistry, Of(Local.TicketBroker));

        var refusal = await Assert.ThrowsAsync<ChainException>(() => ConnectLocalAsync(LocalChain.ArbitrumOne, null));
        Assert.Equal(ChainFault.WrongContracts, refusal.Fault);
        Assert.Contains("TicketBroker", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("BondingManager", refusal.Message, StringComparison.Ordinal);

        await NameAsync(table.BondingManager, table.RoundsManager, table.ServiceRegistry, table.TicketBroker);
        await ConnectLocalAsync(LocalChain.ArbitrumOne, null);
        Assert.True((await Chain.GetGasPriceAsync(Cancel)).Sign > 0);
    }

    [LimitedFact]
    public async Task A_controller_that_knows_nobody_and_a_node_of_another_chain_are_refused()
    {
        _local = await LocalChain.StartAsync(LocalChainId);
        var empty = await Contract.DeployAsync(await ContractTools.GetAsync(), Local.Node, await Local.Node.AccountAsync(0), "Controller");
        Assert.Equal(ChainFault.WrongContracts, (await Assert.ThrowsAsync<ChainException>(() => ConnectLocalAsync(LocalChainId, Of(empty)))).Fault);
        Assert.Equal(ChainFault.WrongChain, (await Assert.ThrowsAsync<ChainException>(() => ConnectLocalAsync(LocalChainId + 1, Of(Local.Controller)))).Fault);
    }

    [LimitedFact]
    public async Task The_walk_reads_the_whole_pool_in_its_order_with_everything_it_tells()
    {
        await ConnectLocalAsync();
        await Local.AddOrchestratorAsync(Who(1).ToString(), "https://one.example:8935", 30 * Ether);
        await Local.AddOrchestratorAsync(Who(2).ToString(), "  two.example:8935/ ", 50 * Ether, LocalProtocol.FirstRound + 1);
        await Local.AddOrchestratorAsync(Who(3).ToString(), "", 40 * Ether, LocalProtocol.FirstRound - 10, LocalProtocol.FirstRound + 3);
        await Local.BondingManager.SendAsync("setReward(address,uint256,uint256)", Who(1).ToString(), LocalProtocol.FirstRound, Ether);
        await Local.BondingManager.SendAsync("setEarningsPool(address,uint256,uint256,uint256,uint256)", Who(1).ToString(), LocalProtocol.FirstRound, 29 * Ether, BigInteger.Pow(10, 27) + 7, BigInteger.Pow(10, 27) + 9);

        var set = await Chain.WalkActiveSetAsync(Cancel);
        Assert.Equal(LocalProtocol.FirstRound, set.Round);
        Assert.Equal([Who(2), Who(3), Who(1)], set.Members.Select(m => m.Address));
        Assert.Equal(["  two.example:8935/ ", "", "https://one.example:8935"], set.Members.Select(m => m.ServiceUri));
        Assert.Equal([50 * Ether, 40 * Ether, 30 * Ether], set.Members.Select(m => m.Stake));
        Assert.Equal([false, true, true], set.Members.Select(m => m.IsActiveIn(set.Round)));
        Assert.Equal([null, LocalProtocol.FirstRound + 3, null], set.Members.Select(m => m.DeactivationRound));
        Assert.All(set.Members, m => Assert.Equal((250_000, 500_000), (m.RewardCut, m.FeeShare)));

        var one = set.Members[2];
        Assert.Equal(LocalProtocol.FirstRound, one.LastRewardRound);
        var pool = Assert.Single(one.Pools, p => p.Round == LocalProtocol.FirstRound);
        Assert.Equal(new EarningsPool(LocalProtocol.FirstRound, 29 * Ether, 250_000, 500_000, BigInteger.Pow(10, 27) + 7, BigInteger.Pow(10, 27) + 9), pool);
    }

    [LimitedFact]
    public async Task A_pool_of_a_hundred_is_walked_whole()
    {
        await ConnectLocalAsync();
        for (var i = 1; i <= 100; i++) await Local.AddOrchestratorAsync(Who(i).ToString(), $"https://node{i}.example:8935", 1000 - i);
        var set = await Chain.WalkActiveSetAsync(Cancel);
        Assert.Equal(Enumerable.Range(1, 100).Select(Who), set.Members.Select(m => m.Address));
        Assert.Equal("https://node100.example:8935", set.Members[^1].ServiceUri);

        // The second walk knows where members were and must see what changed since.
        await Local.BondingManager.SendAsync("removeMember(address,uint256)", Who(50).ToString(), LocalProtocol.FirstRound);
        await Local.AddOrchestratorAsync(Who(7).ToString(), "https://moved.example:8935", 1);
        var next = await Chain.WalkActiveSetAsync(Cancel);
        Assert.Equal(Enumerable.Range(1, 100).Where(i => i is not (7 or 50)).Append(7).Select(Who), next.Members.Select(m => m.Address));
        Assert.Equal("https://moved.example:8935", next.Members[^1].ServiceUri);
    }

    [LimitedFact]
    public async Task An_empty_pool_is_a_set_without_members()
    {
        await ConnectLocalAsync();
        Assert.Empty((await Chain.WalkActiveSetAsync(Cancel)).Members);
    }

    [LimitedFact]
    public async Task A_round_that_nobody_initialized_is_current_but_not_the_last_one()
    {
        await ConnectLocalAsync();
        var first = await Chain.GetRoundAsync(Cancel);
        var stored = (await Local.RoundsManager.CallAsync("blockHashForRound(uint256)", LocalProtocol.FirstRound))[0];
        Assert.Equal((LocalProtocol.FirstRound, LocalProtocol.FirstRound, true), (first.CurrentRound, first.LastInitializedRound, first.Initialized));
        Assert.False(stored.IsZero);
        Assert.Equal(stored, new BigInteger(first.BlockHash.ToByteArray(), isUnsigned: true, isBigEndian: true));

        await Local.NextRoundAsync(initialize: false);
        Assert.Equal(first with { CurrentRound = LocalProtocol.FirstRound + 1, Initialized = false }, await Chain.GetRoundAsync(Cancel));
        await Local.RoundsManager.SendAsync("initializeRound()");
        Assert.Equal(LocalProtocol.FirstRound + 1, (await Chain.GetRoundAsync(Cancel)).LastInitializedRound);

        await Local.RoundsManager.SendAsync("setBlockHashForRound(uint256,bytes32)", LocalProtocol.FirstRound + 1, "0x" + new string('0', 64));
        Assert.True((await Chain.GetRoundAsync(Cancel)).BlockHash.IsZero);
    }

    [LimitedFact]
    public async Task A_failed_endpoint_is_passed_over()
    {
        _local = await LocalChain.StartAsync(LocalChainId);
        _chain = Keep(await OpenAsync(
            new ChainOptions { Endpoints = [new Uri("http://127.0.0.1:1"), Local.Node.Uri], ChainId = LocalChainId, Controller = Of(Local.Controller) }, TimeProvider.System, Cancel));
        Assert.Equal(LocalProtocol.FirstRound, (await Chain.GetRoundAsync(Cancel)).CurrentRound);
    }

    [LimitedFact]
    public async Task The_head_and_the_price_of_gas_are_the_nodes_own()
    {
        await ConnectLocalAsync();
        await Local.Node.MineAsync(7);
        var block = (await Local.Node.RpcAsync("eth_getBlockByNumber", "latest", false))!;
        var head = await Chain.GetHeadAsync(Cancel);
        Assert.Equal((string)block["hash"]!, "0x" + Convert.ToHexStringLower(head.Hash.ToByteArray()));
        Assert.Equal(AnvilNode.Number((string)block["number"]!), head.Number);
        Assert.Equal(AnvilNode.Number((string)block["timestamp"]!), head.Time.ToUnixTimeSeconds());
        Assert.Equal(AnvilNode.Number((string)(await Local.Node.RpcAsync("eth_gasPrice"))!), await Chain.GetGasPriceAsync(Cancel));
    }

    [LimitedFact]
    public async Task A_senders_deposit_reserve_and_unlock_are_seen()
    {
        await ConnectLocalAsync();
        var account = await Local.Node.AccountAsync(2);
        var sender = Address.Parse(account);
        Assert.Equal(new SenderInfo(0, 0, 0, 0), await Chain.GetSenderInfoAsync(sender, Cancel));
        await Local.TicketBroker.SendFromAsync(account, 5 * Ether, "fundDepositAndReserve(uint256,uint256)", 3 * Ether, 2 * Ether);
        Assert.Equal(new SenderInfo(3 * Ether, 0, 2 * Ether, 0), await Chain.GetSenderInfoAsync(sender, Cancel));
        await Local.TicketBroker.SendFromAsync(account, 0, "unlock()");
        Assert.Equal(LocalProtocol.FirstRound + 2, (await Chain.GetSenderInfoAsync(sender, Cancel)).WithdrawRound);
    }

    [LimitedFact]
    public async Task A_contract_that_reverts_and_an_address_without_one_are_told_apart()
    {
        await ConnectLocalAsync();

        // The shortest code that reverts: push 0, push 0, revert.
        await Local.Node.RpcAsync("anvil_setCode", Local.TicketBroker.Address, "0x60006000fd");
        Assert.Equal(ChainFault.Reverted, (await Assert.ThrowsAsync<ChainException>(() => Chain.GetSenderInfoAsync(Sender, Cancel))).Fault);
        await Local.Node.RpcAsync("anvil_setCode", Local.TicketBroker.Address, "0x");
        Assert.Equal(ChainFault.Malformed, (await Assert.ThrowsAsync<ChainException>(() => Chain.GetSenderInfoAsync(Sender, Cancel))).Fault);
    }

    private static Address Who(int number) => Address.Parse("0x" + number.ToString("x40", null));

    private static Address Of(Contract contract) => Address.Parse(contract.Address);

    private async Task ConnectLocalAsync()
    {
        _local = await LocalChain.StartAsync(LocalChainId);
        await ConnectLocalAsync(LocalChainId, Of(Local.Controller));
    }

    private async Task ConnectLocalAsync(long chainId, Address? controller) => _chain = Keep(await OpenAsync(
        new ChainOptions { Endpoints = [Local.Node.Uri], ChainId = chainId, Controller = controller }, TimeProvider.System, Cancel));

    // Our controller's code at the address of the real one.
    private async Task PutControllerOfArbitrumOneAsync() => await Local.Node.RpcAsync(
        "anvil_setCode", ProtocolContracts.ArbitrumOne.Controller.ToString(), (string)(await Local.Node.RpcAsync("eth_getCode", Local.Controller.Address, "latest"))!);

    private async Task NameAsync(Address bonding, Address rounds, Address registry, Address broker)
    {
        var owner = await Local.Node.AccountAsync(0);
        foreach (var (name, address) in new[] { ("BondingManager", bonding), ("RoundsManager", rounds), ("ServiceRegistry", registry), ("TicketBroker", broker) })
        {
            var id = "0x" + Convert.ToHexStringLower(Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(name)));
            await Local.Node.SendAsync(owner, ProtocolContracts.ArbitrumOne.Controller.ToString(), Local.Controller.Data("setContractInfo(bytes32,address,bytes20)", id, address.ToString(), BigInteger.Zero));
        }
    }
}
