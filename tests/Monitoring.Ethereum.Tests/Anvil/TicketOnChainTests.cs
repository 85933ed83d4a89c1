using System.Numerics;
using Monitoring.Testing.Anvil;
using Monitoring.Testing.Processes;

namespace Monitoring.Ethereum.Tests.Anvil;

/// <summary>That a contract with the protocol's rules takes our hash and our signature for what they are, and refuses whatever is not right.</summary>
public sealed class TicketOnChainTests : IAsyncDisposable
{
    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);
    private static readonly Address Recipient = Address.Parse("0x2b5ad5c4795c026514f8317c7a215e218dccd6cf");

    private readonly LocalSigner _signer = LocalSigner.FromPrivateKey(Fixtures.Hex(Fixtures.Json("livepeer-vectors.json").GetProperty("keys").GetProperty("broadcaster").GetProperty("privateKey")));
    private LocalProtocol? _chain;

    private LocalProtocol Chain => _chain!;

    [LimitedTheory]
    [InlineData(0, 0)]
    [InlineData(1, 64)]
    [InlineData(600, 64)]
    public async Task The_contract_hashes_a_ticket_as_we_do(int nonce, int auxDataLength)
    {
        await StartAsync();
        var ticket = new SignedTicket
        {
            Recipient = Recipient, Sender = _signer.Address, FaceValue = 123_456_789 * Ether, WinProb = Ether + nonce, Nonce = nonce, Rand = nonce,
            AuxData = [.. Enumerable.Range(1, auxDataLength).Select(i => (byte)i)],
        };
        Assert.Equal(ticket.Hash(), await ticket.HashOnChainAsync(Chain));
    }

    [LimitedFact]
    public async Task A_winning_ticket_is_paid_from_the_deposit_once()
    {
        var ticket = await FundedTicketAsync(deposit: 3 * Ether, reserve: Ether);
        var receipt = await ticket.RedeemAsync(Chain);

        var topics = Fixtures.Vector("abi").GetProperty("event_topics");
        var seen = receipt["logs"]!.AsArray().Select(log => (string)log!["topics"]![0]!).ToArray();
        Assert.Contains(topics.GetProperty("WinningTicketTransfer(address,address,uint256)").GetString(), seen);
        Assert.Contains(topics.GetProperty("WinningTicketRedeemed(address,address,uint256,uint256,uint256,uint256,bytes)").GetString(), seen);
        Assert.Equal([Ether, 0, Ether, 0], await SenderInfoAsync());
        Assert.Equal(1, (await Chain.TicketBroker.CallAsync("usedTickets(bytes32)", "0x" + Convert.ToHexStringLower(ticket.Hash())))[0]);
        var record = await Chain.BondingManager.CallAsync("getTranscoder(address)", Recipient.ToString());
        Assert.Equal(2 * Ether, record[8]);
        Assert.Equal(LocalProtocol.FirstRound, record[9]);

        await RevertsAsync("redeemed before", ticket.RedeemAsync);
        Assert.Equal([Ether, 0, Ether, 0], await SenderInfoAsync());
    }

    [LimitedFact]
    public async Task What_the_deposit_cannot_pay_comes_from_the_recipients_share_of_the_reserve()
    {
        // Four members: each may take a quarter of the reserve in a round.
        var ticket = await FundedTicketAsync(deposit: Ether / 2, reserve: 4 * Ether);
        for (var i = 1; i <= 3; i++) await Chain.AddOrchestratorAsync("0x" + i.ToString("x40", null), "", i);

        await ticket.RedeemAsync(Chain);
        Assert.Equal([0, 0, 3 * Ether, Ether], await SenderInfoAsync());
        var next = await (ticket with { Nonce = 2 }).SignAsync(_signer);
        await next.RedeemAsync(Chain);
        Assert.Equal([0, 0, 3 * Ether, Ether], await SenderInfoAsync());
    }

    [LimitedFact]
    public async Task A_recipient_that_is_not_active_takes_nothing_from_the_reserve()
    {
        var ticket = await FundedTicketAsync(deposit: Ether / 2, reserve: 4 * Ether, activation: LocalProtocol.FirstRound + 1);
        await ticket.RedeemAsync(Chain);
        Assert.Equal([0, 0, 4 * Ether, 0], await SenderInfoAsync());
    }

    [LimitedFact]
    public async Task Each_wrong_ticket_is_refused_for_what_is_wrong_with_it()
    {
        var ticket = await FundedTicketAsync(deposit: 3 * Ether, reserve: Ether);
        using var stranger = LocalSigner.FromPrivateKey(Fixtures.Hex(Fixtures.Json("livepeer-vectors.json").GetProperty("keys").GetProperty("orchestrator").GetProperty("privateKey")));
        var highS = ticket.Signature.ToArray();
        BigInteger order = new(Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141"), isUnsigned: true, isBigEndian: true);
        (order - new BigInteger(highS.AsSpan(32, 32), isUnsigned: true, isBigEndian: true)).ToByteArray(isUnsigned: true, isBigEndian: true).CopyTo(highS, 32);

        (string Reason, SignedTicket Ticket)[] wrong =
        [
            ("does not match its hash", ticket with { RevealedRand = ticket.Rand + 1 }),
            ("not the sender's", ticket with { FaceValue = ticket.FaceValue + 1 }),
            ("not the sender's", ticket with { Nonce = 2 }),
            ("not the sender's", await ticket.SignAsync(stranger)),
            ("s is too high", ticket with { Signature = highS }),
            ("not 65 bytes", ticket with { Signature = ticket.Signature[..64] }),
            ("did not win", await (ticket with { WinProb = 0 }).SignAsync(_signer)),
            ("no recipient", await (ticket with { Recipient = Address.Zero }).SignAsync(_signer)),
            ("not a round and a block hash", await (ticket with { AuxData = [] }).SignAsync(_signer)),
            ("has no block hash", await (ticket with { AuxData = SignedTicket.AuxDataOf(LocalProtocol.FirstRound - 1, 1) }).SignAsync(_signer)),
            ("another block hash", await (ticket with { AuxData = SignedTicket.AuxDataOf(LocalProtocol.FirstRound, 1) }).SignAsync(_signer)),
        ];
        foreach (var (reason, bad) in wrong) await RevertsAsync(reason, bad.RedeemAsync);

        Assert.Equal([3 * Ether, 0, Ether, 0], await SenderInfoAsync());
        await ticket.RedeemAsync(Chain);
    }

    [LimitedFact]
    public async Task A_ticket_is_good_in_its_round_and_the_next_and_not_while_a_round_awaits_its_initialization()
    {
        var ticket = await FundedTicketAsync(deposit: 9 * Ether, reserve: Ether);
        await Chain.NextRoundAsync(initialize: false);
        await RevertsAsync("not initialized", ticket.RedeemAsync);

        await Chain.RoundsManager.SendAsync("initializeRound()");
        await ticket.RedeemAsync(Chain);

        var late = await (ticket with { Nonce = 2 }).SignAsync(_signer);
        await Chain.NextRoundAsync();
        await RevertsAsync("expired", late.RedeemAsync);
    }

    [LimitedFact]
    public async Task A_sender_whose_withdraw_round_has_come_pays_no_more()
    {
        var ticket = await FundedTicketAsync(deposit: 3 * Ether, reserve: Ether);
        await Chain.TicketBroker.SendFromAsync(_signer.Address.ToString(), 0, "unlock()");
        await Chain.NextRoundAsync();
        await Chain.NextRoundAsync();
        var round = LocalProtocol.FirstRound + 2;
        var hash = (await Chain.RoundsManager.CallAsync("blockHashForRound(uint256)", round))[0];
        var fresh = await (ticket with { AuxData = SignedTicket.AuxDataOf(round, hash) }).SignAsync(_signer);
        await RevertsAsync("unlocked", fresh.RedeemAsync);
    }

    public async ValueTask DisposeAsync()
    {
        _signer.Dispose();
        if (_chain is not null) await _chain.DisposeAsync();
    }

    private async Task StartAsync() => _chain = await LocalChain.StartAsync();

    // A ticket over two ether that surely wins, by a sender with these funds, for an orchestrator of the pool.
    private async Task<SignedTicket> FundedTicketAsync(BigInteger deposit, BigInteger reserve, long activation = LocalProtocol.FirstRound)
    {
        await StartAsync();
        await Chain.AddOrchestratorAsync(Recipient.ToString(), "", 1, activation);
        await Chain.Node.SetBalanceAsync(_signer.Address.ToString(), 100 * Ether);
        await Chain.TicketBroker.SendFromAsync(_signer.Address.ToString(), deposit + reserve, "fundDepositAndReserve(uint256,uint256)", deposit, reserve);
        var hash = (await Chain.RoundsManager.CallAsync("blockHashForRound(uint256)", LocalProtocol.FirstRound))[0];
        return await new SignedTicket
        {
            Recipient = Recipient, Sender = _signer.Address, FaceValue = 2 * Ether, Rand = BigInteger.Pow(7, 80), AuxData = SignedTicket.AuxDataOf(LocalProtocol.FirstRound, hash),
        }.SignAsync(_signer);
    }

    private Task<BigInteger[]> SenderInfoAsync() => Chain.TicketBroker.CallAsync("getSenderInfo(address)", _signer.Address.ToString());

    private async Task RevertsAsync(string reason, Func<LocalProtocol, Task> redeem) =>
        Assert.Contains(reason, (await Assert.ThrowsAsync<InvalidOperationException>(() => redeem(Chain))).Message, StringComparison.Ordinal);
}
