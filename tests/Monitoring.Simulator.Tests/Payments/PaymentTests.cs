using System.Net;
using Google.Protobuf;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator.Tests.Payments;

/// <summary>The checks of a payment at a node that behaves well, on a chain that changes.</summary>
public sealed class PaymentTests
{
    private static readonly Behaviour Good = Behaviour.Fast;

    private readonly CancellationToken _cancellation = Deadline.Token();

    [Fact]
    public async Task Tickets_before_a_used_nonce_stay_credited_and_those_after_do_not_count()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info, 0), 0, _cancellation);

        var refused = await paid.Client.RefusedAsync(info.AuthToken, await paid.Client.PayAsync(info, 9, 0, 10), 1, _cancellation);

        Assert.Equal((400, $"invalid ticket senderNonce: already seen sender={paid.Client.Address} nonce=0\n"), refused);
        Assert.Equal((2, 3), (paid.Client.Account.TicketsCredited, paid.Client.Account.TicketsReceived));
        Assert.Equal(3 * PaidNode.EvOf(info), paid.Client.Account.Received);
    }

    [Fact]
    public void Six_hundred_nonces_are_the_most_and_expired_ones_are_forgotten()
    {
        var nonces = new SeenNonces();
        for (uint n = 0; n < 600; n++) Assert.Null(nonces.Use(7, Address.Zero, n, 40));

        Assert.Equal("invalid ticket senderNonce: too many values sender=0x0000000000000000000000000000000000000000 nonce=600", nonces.Use(7, Address.Zero, 600, 40));
        Assert.Equal(SeenNonces.Seen(Address.Zero, 5), nonces.Use(7, Address.Zero, 5, 40));
        Assert.Null(nonces.Use(8, Address.Zero, 600, 40));
        nonces.Reach(39);
        Assert.NotNull(nonces.Use(7, Address.Zero, 5, 40));
        nonces.Reach(40);
        Assert.Null(nonces.Use(7, Address.Zero, 5, 40));
    }

    [Fact]
    public async Task Params_expire_by_the_l1_block_and_not_before()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        Assert.Equal(1040, BigEndian.Read(info.TicketParams.ExpirationBlock.Span));

        paid.Chain.Change(facts => facts with { L1Block = 1039 });
        await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info, 1), 0, _cancellation);
        paid.Chain.Change(facts => facts with { L1Block = 1040 });

        Assert.Equal((400, "TicketParams expired\n"), await paid.Client.RefusedAsync(info.AuthToken, await paid.Client.PayAsync(info, 2), 1, _cancellation));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(43, false)]
    [InlineData(44, true)]
    public async Task A_sender_that_unlocks_by_the_next_round_is_refused(long withdrawRound, bool accepted)
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        paid.Chain.SetSender(paid.Client.Address, new SenderFacts { WithdrawRound = withdrawRound });
        var payment = await paid.Client.PayAsync(info, 1);

        if (accepted) await paid.Client.TranscodeAsync(info.AuthToken, payment, 0, _cancellation);
        else Assert.Equal((400, $"deposit and reserve for sender {paid.Client.Address} is set to unlock soon\n"), await paid.Client.RefusedAsync(info.AuthToken, payment, 0, _cancellation));
    }

    [Fact]
    public async Task A_sender_without_reserve_is_told_so_in_discovery_and_gets_a_500_for_a_segment()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        paid.Chain.SetSender(paid.Client.Address, new SenderFacts { ReserveRemaining = 0 });

        var reply = await paid.Client.CallDiscoveryAsync(_cancellation);

        Assert.Equal(("2", "insufficient sender reserve"), (reply.Status, reply.Text));
        Assert.Equal((500, "Internal Server Error\n"), await paid.Client.RefusedAsync(info.AuthToken, await paid.Client.PayAsync(info, 1), 0, _cancellation));
        Assert.Equal((1, 0), (paid.Client.Account.TicketsReceived, paid.Client.Account.TicketsCredited));
    }

    [Fact]
    public async Task An_inactive_orchestrator_processes_no_payment()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        paid.Chain.Deactivate(paid.Node.Signer.Address);

        Assert.Equal(
            (400, $"orchestrator {paid.Node.Signer.Address} is inactive in round 42, cannot process payments\n"),
            await paid.Client.RefusedAsync(info.AuthToken, await paid.Client.PayAsync(info, 1), 0, _cancellation));
    }

    [Fact]
    public async Task Another_active_orchestrators_ticket_has_the_wrong_recipient()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        paid.Chain.Activate(paid.Client.Address);
        info.TicketParams.Recipient = ByteString.CopyFrom(paid.Client.Address.ToByteArray());

        Assert.Equal((400, "invalid ticket recipient\n"), await paid.Client.RefusedAsync(info.AuthToken, await paid.Client.PayAsync(info, 1), 0, _cancellation));
    }

    [Fact]
    public async Task Params_of_one_info_with_the_price_of_another_are_refused()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        var payment = await paid.Client.PayAsync(info, 1);

        payment.ExpectedPrice.PricePerUnit++;
        Assert.Equal((400, "invalid recipientRand for ticket recipientRandHash\n"), await paid.Client.RefusedAsync(info.AuthToken, payment, 0, _cancellation));
        payment.ExpectedPrice.PixelsPerUnit = 0;
        Assert.Equal((400, "invalid expected price sent with payment err=\"pixels per unit is 0\"\n"), await paid.Client.RefusedAsync(info.AuthToken, payment, 0, _cancellation));
        // The same price not reduced is the same price.
        payment.ExpectedPrice = new PriceInfo { PricePerUnit = 1414, PixelsPerUnit = 2 };
        await paid.Client.TranscodeAsync(info.AuthToken, payment, 0, _cancellation);
    }

    [Fact]
    public async Task A_wrong_ticket_signature_ends_the_credit_but_not_the_payment()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        var payment = await paid.Client.PayAsync(info, 1, 2, 3);
        payment.TicketSenderParams[1].Sig = payment.TicketSenderParams[0].Sig;

        Assert.Equal((400, "invalid ticket signature\n"), await paid.Client.RefusedAsync(info.AuthToken, payment, 0, _cancellation));
        Assert.Equal((2, 1), (paid.Client.Account.TicketsReceived, paid.Client.Account.TicketsCredited));
        // The third was looked at all the same: its nonce is used.
        Assert.Equal(
            (400, $"invalid ticket senderNonce: already seen sender={paid.Client.Address} nonce=3\n"),
            await paid.Client.RefusedAsync(info.AuthToken, await paid.Client.PayAsync(info, 3), 0, _cancellation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(64)]
    public async Task A_segment_signed_by_nobody_is_refused_before_its_payment_is_looked_at(int at)
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);

        var refused = await paid.Client.RefusedAsync(info.AuthToken, await paid.Client.PayAsync(info, 1), 0, _cancellation, segment =>
        {
            var signature = segment.Sig.ToByteArray();
            signature[at] ^= 0x55;
            segment.Sig = ByteString.CopyFrom(signature);
        });

        Assert.Equal((403, "ErrSegSig\n"), refused);
        Assert.Equal(0, paid.Client.Account.TicketsCredited);
    }

    [Fact]
    public async Task A_discovery_with_an_unsigned_or_foreign_address_is_refused()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation);

        var foreign = new OrchestratorRequest { Address = ByteString.CopyFrom(new byte[20]), Sig = await paid.Client.SignAsync(new byte[32]) };
        foreach (var request in new[] { new OrchestratorRequest(), foreign })
        {
            var reply = await paid.Client.Http.CallAsync("GetOrchestrator", request.ToByteArray(), _cancellation);
            Assert.Equal(("2", "Invalid orchestrator request: orchestrator req sig check failed"), (reply.Status, reply.Text));
        }
    }

    [Fact]
    public async Task A_lost_round_hash_is_replaced_by_that_of_the_round_before()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation);
        var previous = Hash32.FromBytes([.. Enumerable.Repeat((byte)9, 32)]);
        paid.Chain.Change(facts => facts with { RoundBlockHash = default, PreviousRoundBlockHash = previous });

        var info = await paid.Client.DiscoverAsync(_cancellation);

        Assert.Equal((41, previous), (info.TicketParams.ExpirationParams.CreationRound, Hash32.FromBytes(info.TicketParams.ExpirationParams.CreationRoundBlockHash.Span)));
        await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info, 1), 0, _cancellation);
    }

    [Fact]
    public async Task A_payment_without_its_round_breaks_the_stream_off_and_so_does_one_without_a_price_after_the_200()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        var roundless = await paid.Client.PayAsync(info, 1);
        roundless.ExpirationParams = null;
        var priceless = await paid.Client.PayAsync(info);
        priceless.ExpectedPrice = null;

        await Assert.ThrowsAsync<HttpRequestException>(() => paid.Client.UploadAsync(info.AuthToken, roundless, 0, _cancellation));
        using var accepted = await paid.Client.UploadAsync(info.AuthToken, priceless, 0, _cancellation);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        await Assert.ThrowsAnyAsync<Exception>(() => accepted.Content.ReadAsByteArrayAsync(_cancellation));
        await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info, 1), 0, _cancellation);
    }

    [Fact]
    public async Task An_orchestrator_whose_own_rpc_fails_says_so()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation, options => options with { Chain = new DeadChain() });

        var reply = await paid.Client.CallDiscoveryAsync(_cancellation);

        Assert.Equal(("2", "GetSenderInfo RPC call to remote node failed: gone"), (reply.Status, reply.Text));
    }

    [Fact]
    public void Options_that_cannot_be_are_listed()
    {
        var options = new FleetOptions
        {
            Nodes = [new NodeOptions { Name = "n", Behaviour = Good with { LaterPriceFactor = -1 }, Price = -1 }],
            OnChain = new OnChainOptions { TicketEv = 0, RedeemGas = -1, MaxFaceValue = -1 },
        };

        var refusal = Assert.Throws<ArgumentException>(options.Check);

        foreach (var part in new[] { "0 wei", "gas of a redemption", "greatest face value", "-1/1 wei per pixel", "multiplied with -1/1" }) Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
    }

    private sealed class DeadChain : ISimulatedChain
    {
        public ValueTask<ChainFacts> ReadAsync(CancellationToken cancellation) => throw new ChainException(ChainFault.Unreachable, "gone");

        public ValueTask<SenderFacts> ReadSenderAsync(Address sender, Address recipient, CancellationToken cancellation) => throw new ChainException(ChainFault.Unreachable, "gone");

        public ValueTask<bool> IsActiveAsync(Address orchestrator, CancellationToken cancellation) => throw new ChainException(ChainFault.Unreachable, "gone");
    }
}
