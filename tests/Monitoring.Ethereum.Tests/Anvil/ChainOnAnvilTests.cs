using System.Numerics;
using Monitoring.Testing.Anvil;

namespace Monitoring.Ethereum.Tests.Anvil;

/// <summary>The chain's client against a real node with real contracts: what it reads is what the contracts hold, and what it sends arrives.</summary>
public sealed class ChainOnAnvilTests : IAsyncDisposable
{
    private const long LocalChainId = 31337;
    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly LocalSigner _signer = LocalSigner.FromPrivateKey(Fixtures.Hex(Fixtures.Json("livepeer-vectors.json").GetProperty("keys").GetProperty("broadcaster").GetProperty("privateKey")));
    private LocalProtocol? _local;
    private EthereumChain? _chain;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private LocalProtocol Local => _local!;

    private EthereumChain Chain => _chain!;

    [Fact]
    public async Task The_contracts_are_those_that_the_controller_names()
    {
        await ConnectAsync();
        Assert.Equal(
            new ProtocolContracts(Of(Local.Controller), Of(Local.BondingManager), Of(Local.RoundsManager), Of(Local.ServiceRegistry), Of(Local.TicketBroker)),
            Chain.Contracts);
    }

    [Fact]
    public async Task Other_contracts_at_the_known_controller_of_Arbitrum_One_are_refused()
    {
        _local = await LocalChain.StartAsync();
        await PutControllerOfArbitrumOneAsync();
        var table = ProtocolContracts.ArbitrumOne;
        await NameAsync(table.BondingManager, table.RoundsManager, table.ServiceRegistry, Of(Local.TicketBroker));

        var refusal = await Assert.ThrowsAsync<ChainException>(() => ConnectAsync(LocalChain.ArbitrumOne, null));
        Assert.Equal(ChainFault.WrongContracts, refusal.Fault);
        Assert.Contains("TicketBroker", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("BondingManager", refusal.Message, StringComparison.Ordinal);

        await NameAsync(table.BondingManager, table.RoundsManager, table.ServiceRegistry, table.TicketBroker);
        await ConnectAsync(LocalChain.ArbitrumOne, null);
        Assert.Equal(table, Chain.Contracts);
    }

    [Fact]
    public async Task A_controller_that_knows_nobody_and_a_node_of_another_chain_are_refused()
    {
        _local = await LocalChain.StartAsync(LocalChainId);
        var empty = await Contract.DeployAsync(await ContractTools.GetAsync(), Local.Node, await Local.Node.AccountAsync(0), "Controller");
        Assert.Equal(ChainFault.WrongContracts, (await Assert.ThrowsAsync<ChainException>(() => ConnectAsync(LocalChainId, Of(empty)))).Fault);
        Assert.Equal(ChainFault.WrongChain, (await Assert.ThrowsAsync<ChainException>(() => ConnectAsync(LocalChainId + 1, Of(Local.Controller)))).Fault);
    }

    [Fact]
    public async Task The_walk_reads_the_whole_pool_in_its_order_with_everything_it_tells()
    {
        await ConnectAsync();
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

    [Fact]
    public async Task A_pool_of_a_hundred_is_walked_whole()
    {
        await ConnectAsync();
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

    [Fact]
    public async Task An_empty_pool_is_a_set_without_members()
    {
        await ConnectAsync();
        Assert.Empty((await Chain.WalkActiveSetAsync(Cancel)).Members);
    }

    [Fact]
    public async Task A_round_that_nobody_initialized_is_current_but_not_the_last_one()
    {
        await ConnectAsync();
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

    [Fact]
    public async Task A_wallet_is_funded_by_our_own_transaction_and_its_unlock_is_seen()
    {
        await ConnectAsync();
        await Local.Node.SetBalanceAsync(_signer.Address.ToString(), 10 * Ether);
        Assert.Equal(new SenderInfo(0, 0, 0, 0), await Chain.GetSenderInfoAsync(_signer.Address, Cancel));

        var sender = new TransactionSender(Chain, TimeProvider.System);
        for (var round = 1; round <= 2; round++)
        {
            // The second one has the next nonce.
            var prepared = await sender.PrepareAsync(_signer.Address, Chain.Contracts.TicketBroker, 5 * Ether, TicketBrokerCalls.FundDepositAndReserve(3 * Ether, 2 * Ether), Cancel);
            var receipt = await sender.WaitForReceiptAsync(await sender.SendAsync(prepared, _signer, Cancel), Patience, Cancel);
            Assert.True(receipt.Succeeded);
            Assert.Equal(new SenderInfo(round * 3 * Ether, 0, round * 2 * Ether, 0), await Chain.GetSenderInfoAsync(_signer.Address, Cancel));
            if (round == 1) Assert.Equal((5 * Ether) - receipt.Cost, await Chain.GetBalanceAsync(_signer.Address, Cancel));
            await Local.Node.SetBalanceAsync(_signer.Address.ToString(), 10 * Ether);
        }

        await Local.TicketBroker.SendFromAsync(_signer.Address.ToString(), 0, "unlock()");
        Assert.Equal(LocalProtocol.FirstRound + 2, (await Chain.GetSenderInfoAsync(_signer.Address, Cancel)).WithdrawRound);
        var back = await sender.PrepareAsync(_signer.Address, Chain.Contracts.TicketBroker, 1, TicketBrokerCalls.FundDepositAndReserve(1, 0), Cancel);
        Assert.True((await sender.WaitForReceiptAsync(await sender.SendAsync(back, _signer, Cancel), Patience, Cancel)).Succeeded);
        Assert.Equal(0, (await Chain.GetSenderInfoAsync(_signer.Address, Cancel)).WithdrawRound);
    }

    [Fact]
    public async Task A_funding_that_the_contract_refuses_is_never_sent()
    {
        await ConnectAsync();
        await Local.Node.SetBalanceAsync(_signer.Address.ToString(), 10 * Ether);
        var sender = new TransactionSender(Chain, TimeProvider.System);
        await Assert.ThrowsAsync<ChainException>(() => sender.PrepareAsync(
            _signer.Address, Chain.Contracts.TicketBroker, 4 * Ether, TicketBrokerCalls.FundDepositAndReserve(3 * Ether, 2 * Ether), Cancel));
        await Local.Controller.SendAsync("setPaused(bool)", 1);
        await Assert.ThrowsAsync<ChainException>(() => sender.PrepareAsync(
            _signer.Address, Chain.Contracts.TicketBroker, 5 * Ether, TicketBrokerCalls.FundDepositAndReserve(3 * Ether, 2 * Ether), Cancel));
        Assert.Equal(10 * Ether, await Local.Node.BalanceAsync(_signer.Address.ToString()));
    }

    [Fact]
    public async Task Our_own_call_redeems_the_ticket_that_we_signed_and_the_claim_on_the_reserve_is_seen()
    {
        await ConnectAsync();
        var recipient = await Local.Node.AccountAsync(3);
        await Local.AddOrchestratorAsync(recipient, "", 1);
        var from = _signer.Address.ToString();
        await Local.Node.SetBalanceAsync(from, 10 * Ether);
        await Local.TicketBroker.SendFromAsync(from, 5 * Ether, "fundDepositAndReserve(uint256,uint256)", Ether, 4 * Ether);

        var round = await Chain.GetRoundAsync(Cancel);
        BigInteger rand = 42;
        var ticket = new ContractTicket
        {
            Recipient = Address.Parse(recipient), Sender = _signer.Address, FaceValue = 2 * Ether, WinProb = BigInteger.Pow(2, 256) - 1, SenderNonce = 1,
            RecipientRandHash = Hash32.FromBytes(Keccak256.Hash(Word(rand))),
            AuxData = SignedTicket.AuxDataOf(round.LastInitializedRound, new BigInteger(round.BlockHash.ToByteArray(), isUnsigned: true, isBigEndian: true)),
        };
        var hash = await Chain.GetTicketHashAsync(ticket, Cancel);
        var ours = new SignedTicket
        {
            Recipient = ticket.Recipient, Sender = ticket.Sender, FaceValue = ticket.FaceValue, WinProb = ticket.WinProb, Rand = rand, AuxData = ticket.AuxData.ToArray(),
        };
        Assert.Equal(ours.Hash(), hash.ToByteArray());

        var signature = await _signer.SignPersonalAsync(hash.ToByteArray(), Cancel);
        Assert.False(await Chain.IsTicketUsedAsync(hash, Cancel));
        await Local.Node.SendAsync(recipient, Chain.Contracts.TicketBroker.ToString(), "0x" + Convert.ToHexStringLower(TicketBrokerCalls.RedeemWinningTicket(ticket, signature, rand)));
        Assert.True(await Chain.IsTicketUsedAsync(hash, Cancel));
        Assert.Equal(new SenderInfo(0, 0, 3 * Ether, Ether), await Chain.GetSenderInfoAsync(_signer.Address, Cancel));
    }

    [Fact]
    public async Task A_failed_endpoint_is_passed_over()
    {
        _local = await LocalChain.StartAsync(LocalChainId);
        _chain = await EthereumChain.ConnectAsync(
            new ChainOptions { Endpoints = [new Uri("http://127.0.0.1:1"), Local.Node.Uri], ChainId = LocalChainId, Controller = Of(Local.Controller) }, TimeProvider.System, Cancel);
        Assert.Equal(LocalProtocol.FirstRound, (await Chain.GetRoundAsync(Cancel)).CurrentRound);
    }

    public async ValueTask DisposeAsync()
    {
        _chain?.Dispose();
        _signer.Dispose();
        if (_local is not null) await _local.DisposeAsync();
    }

    private static Address Who(int number) => Address.Parse("0x" + number.ToString("x40", null));

    private static Address Of(Contract contract) => Address.Parse(contract.Address);

    private static byte[] Word(BigInteger number)
    {
        var word = new byte[32];
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        bytes.CopyTo(word, word.Length - bytes.Length);
        return word;
    }

    private async Task ConnectAsync()
    {
        _local = await LocalChain.StartAsync(LocalChainId);
        await ConnectAsync(LocalChainId, Of(Local.Controller));
    }

    private async Task ConnectAsync(long chainId, Address? controller) =>
        _chain = await EthereumChain.ConnectAsync(new ChainOptions { Endpoints = [Local.Node.Uri], ChainId = chainId, Controller = controller }, TimeProvider.System, Cancel);

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
