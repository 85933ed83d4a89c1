using System.Numerics;
using Monitoring.Testing.Anvil;
using Monitoring.Testing.Processes;

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

    [LimitedFact]
    public async Task The_contracts_are_those_that_the_controller_names()
    {
        await ConnectAsync();
        Assert.Equal(
            new ProtocolContracts(Of(Local.Controller), Of(Local.BondingManager), Of(Local.RoundsManager), Of(Local.ServiceRegistry), Of(Local.TicketBroker)),
            Chain.Contracts);
    }

    [LimitedFact]
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

    [LimitedFact]
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

    [LimitedFact]
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

    public async ValueTask DisposeAsync()
    {
        _chain?.Dispose();
        _signer.Dispose();
        if (_local is not null) await _local.DisposeAsync();
    }

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
}
