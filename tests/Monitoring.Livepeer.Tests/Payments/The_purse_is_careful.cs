using System.Numerics;
using Google.Protobuf;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer.Tests;

/// <summary>What is signed and what is refused, and whose fault a refusal is (protocol reference, 3.6 to 3.9; design section 5).</summary>
public sealed class The_purse_is_careful
{
    private static readonly BigInteger Plenty = 1_000_000_000_000_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_fee_is_covered_by_whole_tickets_and_the_change_pays_for_the_next_segment()
    {
        var wallet = await Wallet.OpenAsync();
        var purse = wallet.Paymaster.Open(Wallet.Job(Plenty));
        var session = wallet.Session();
        Assert.True(TicketParams.TryRead(session.TicketParams!, out var terms, out _));
        var fee = Fees.Estimate(Wallet.Pixels(), 707);
        var tickets = (int)(fee / terms!.ExpectedValue).Ceiling();

        var payment = await Wallet.PayAsync(purse, session);
        Assert.True(payment.Charged);
        Assert.Equal(tickets, Wallet.Message(payment).TicketSenderParams.Count);
        Assert.Equal(new Spend(terms.ExpectedValue * tickets, 0, tickets), purse.Spent);
        Assert.Equal(OutcomeCode.Completed, payment.Delivered(Wallet.Pixels()).Code);
        Assert.Equal((long)Wallet.Pixels(), purse.Spent.Pixels);

        var change = (terms.ExpectedValue * tickets) - Fees.Debit(Wallet.Pixels(), 707);
        var next = Wallet.Message(await Wallet.PayAsync(purse, session));
        Assert.Equal(((fee - change) / terms.ExpectedValue).Ceiling(), next.TicketSenderParams.Count);
    }

    [Fact]
    public async Task Credit_alone_may_cover_a_segment_and_then_only_the_price_is_sent()
    {
        var wallet = await Wallet.OpenAsync();
        var purse = wallet.Paymaster.Open(Wallet.Job(Plenty));
        var session = wallet.Session(price: 1); // one ticket pays for 70 segments
        for (var i = 0; i < 2; i++) (await Wallet.PayAsync(purse, session)).Delivered(1000); // from then on a whole ticket is left
        var third = await Wallet.PayAsync(purse, session);
        var message = Wallet.Message(third);
        Assert.Equal(2, wallet.Journal.Count);
        Assert.True(third.Charged);
        Assert.Empty(message.TicketSenderParams);
        Assert.Null(message.TicketParams);
        Assert.Null(message.ExpirationParams);
        Assert.Equal(session.Price, message.ExpectedPrice);
        Assert.Equal(Keys.Broadcaster.Address.ToByteArray(), message.Sender.ToByteArray());
    }

    [Fact]
    public async Task A_price_that_falls_to_nothing_is_paid_with_nothing()
    {
        var wallet = await Wallet.OpenAsync();
        var purse = wallet.Paymaster.Open(Wallet.Job(Plenty));
        var session = wallet.Session();
        (await Wallet.PayAsync(purse, session)).Delivered(1);
        var zero = wallet.Params();
        (zero.FaceValue, zero.WinProb) = (ByteString.Empty, ByteString.Empty);
        foreach (var terms in new[] { zero, null })
        {
            var payment = await Wallet.PayAsync(purse, session.Refresh(wallet.Info(terms, price: 0)));
            Assert.Equal(OutcomeCode.Completed, payment.Refusal.Code);
            Assert.False(payment.Charged);
            Assert.Equal(0, Wallet.Message(payment).ExpectedPrice.PricePerUnit);
            Assert.Equal(1, Wallet.Message(payment).ExpectedPrice.PixelsPerUnit);
            Assert.Empty(Wallet.Message(payment).TicketSenderParams);
        }
    }

    [Theory]
    [InlineData(1413, false)]
    [InlineData(1414, false)]
    [InlineData(1415, true)]
    public async Task A_price_that_more_than_doubles_is_not_paid(long price, bool refused)
    {
        var wallet = await Wallet.OpenAsync();
        var payment = await Wallet.PayAsync(wallet.Paymaster.Open(Wallet.Job(Plenty)), wallet.Session().Refresh(wallet.Info(wallet.Params(), price)));
        Assert.Equal(refused ? OutcomeCode.ProtocolViolation : OutcomeCode.Completed, payment.Refusal.Code);
        if (refused) Assert.Equal("Orchestrator price has more than doubled, Orchestrator price: 1415/1, Orchestrator initial price: 707/1", payment.Refusal.Detail);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 1)]
    [InlineData(5, -1)]
    public async Task A_price_that_is_none_is_not_paid(long wei, long pixels)
    {
        var wallet = await Wallet.OpenAsync();
        var info = wallet.Info(wallet.Params(), 1);
        info.PriceInfo = new Wire.PriceInfo { PricePerUnit = wei, PixelsPerUnit = pixels };
        var purse = wallet.Paymaster.Open(Wallet.Job(Plenty));
        Assert.Equal(OutcomeCode.ProtocolViolation, (await Wallet.PayAsync(purse, wallet.Session().Refresh(info))).Refusal.Code);
        info.PriceInfo = null;
        Assert.Equal(new Outcome(OutcomeCode.ProtocolViolation, "missing orchestrator price"), (await Wallet.PayAsync(purse, wallet.Session().Refresh(info))).Refusal);
        Assert.Empty(wallet.Journal);
    }

    [Theory]
    [InlineData("deposit", OutcomeCode.OurWallet)]
    [InlineData("reserve", OutcomeCode.OurWallet)]
    [InlineData("unlock", OutcomeCode.OurWallet)]
    [InlineData("rpc", OutcomeCode.OurChain)]
    [InlineData("no params", OutcomeCode.ProtocolViolation)]
    [InlineData("huge face value", OutcomeCode.ProtocolViolation)]
    [InlineData("too long", OutcomeCode.ProtocolViolation)]
    [InlineData("expired", OutcomeCode.ProtocolViolation)]
    [InlineData("no address", OutcomeCode.ProtocolViolation)]
    [InlineData("allowance", OutcomeCode.SpendCap)]
    public async Task Nothing_is_signed_where_anything_is_wrong(string what, OutcomeCode code)
    {
        var wallet = await Wallet.OpenAsync();
        var session = wallet.Session();
        var allowance = Plenty;
        switch (what)
        {
            case "deposit": wallet.Chain.Funds = wallet.Chain.Funds with { Deposit = 0 }; break;
            case "reserve": wallet.Chain.Funds = wallet.Chain.Funds with { ReserveFundsRemaining = 0 }; break;
            case "unlock": wallet.Chain.Funds = wallet.Chain.Funds with { WithdrawRound = 43 }; break;
            case "rpc": wallet.Chain.Trouble = "no endpoint answers"; break;
            case "no params": session = session with { TicketParams = null }; break;
            case "huge face value": session = session with { TicketParams = wallet.Params(BigInteger.Pow(2, 250)) }; break;
            case "too long": session.TicketParams!.FaceValue = ByteString.CopyFrom(new byte[38]); break;
            case "expired": wallet.Chain.L1Block = 1039; break;
            case "no address": session = session with { Address = ReadOnlyMemory<byte>.Empty }; break;
            case "allowance": allowance = 10; break;
        }

        var purse = wallet.Paymaster.Open(Wallet.Job(allowance));
        Assert.Equal(code, (await purse.ExamineAsync(session, Wallet.Order(), Token)).Code);
        if (what != "no address")
        {
            var payment = await Wallet.PayAsync(purse, session);
            Assert.Equal(code, payment.Refusal.Code);
            Assert.NotEmpty(payment.Refusal.Detail);
        }

        Assert.Empty(what == "no address" ? [] : wallet.Journal);
        Assert.Equal(Spend.None, purse.Spent with { Pixels = 0 });
    }

    [Fact]
    public async Task A_refused_payment_leaves_the_credit_as_it_was()
    {
        var wallet = await Wallet.OpenAsync();
        var purse = wallet.Paymaster.Open(Wallet.Job(Plenty));
        var session = wallet.Session();
        (await Wallet.PayAsync(purse, session)).Delivered(Wallet.Pixels());
        var key = new CreditKey(Keys.Recipient.Address, session.AuthToken.SessionId);
        var credit = wallet.Paymaster.Credit.Balance(key);
        Assert.True(credit.Sign > 0);
        wallet.OnAppend = _ => throw new IOException("the disk is full");
        await Assert.ThrowsAsync<IOException>(async () => await Wallet.PayAsync(purse, session));
        Assert.Equal(credit, wallet.Paymaster.Credit.Balance(key));
    }

    [Fact]
    public async Task Without_an_allowance_only_what_is_free_is_sent()
    {
        var wallet = await Wallet.OpenAsync();
        var purse = wallet.Paymaster.Open(Wallet.Job(null));
        Assert.Equal(OutcomeCode.SpendCap, (await purse.ExamineAsync(wallet.Session(), Wallet.Order(), Token)).Code);
        Assert.Equal(OutcomeCode.SpendCap, (await Wallet.PayAsync(purse, wallet.Session())).Refusal.Code);
        Assert.Equal("", (await Wallet.PayAsync(purse, wallet.Session() with { Price = null, TicketParams = null })).Header);
        Assert.Equal(0, Wallet.Message(await Wallet.PayAsync(purse, wallet.Session(price: 0))).ExpectedPrice.PricePerUnit);
        Assert.Empty(wallet.Journal);
    }

    [Fact]
    public async Task An_allowance_covers_the_whole_test_or_the_test_does_not_start()
    {
        var wallet = await Wallet.OpenAsync();
        var session = wallet.Session();
        Assert.True(TicketParams.TryRead(session.TicketParams!, out var terms, out _));
        var most = Fees.MostFor(Wallet.Order(15), 707, terms!.ExpectedValue).Ceiling();
        Assert.Equal(OutcomeCode.Completed, (await wallet.Paymaster.Open(Wallet.Job(most)).ExamineAsync(session, Wallet.Order(15), Token)).Code);
        Assert.Equal(OutcomeCode.SpendCap, (await wallet.Paymaster.Open(Wallet.Job(most - 1)).ExamineAsync(session, Wallet.Order(15), Token)).Code);

        var purse = wallet.Paymaster.Open(Wallet.Job(most, "2"));
        for (var i = 0; i < 15; i++)
        {
            var payment = await Wallet.PayAsync(purse, session, i);
            Assert.Equal(new Outcome(OutcomeCode.Completed), payment.Refusal);
            Assert.Equal(OutcomeCode.Completed, payment.Delivered((Fees.Estimate(Wallet.Pixels(i), 707) / 707).Floor()).Code);
        }
    }

    [Theory]
    [InlineData("1000000000000000000000")]
    [InlineData("-1")]
    [InlineData("112856717")] // the estimate and its margin, and one more
    public async Task Inflated_pixels_drain_nothing(string claimed)
    {
        var wallet = await Wallet.OpenAsync();
        var purse = wallet.Paymaster.Open(Wallet.Job(Plenty));
        var session = wallet.Session();
        var payment = await Wallet.PayAsync(purse, session);
        var spent = purse.Spent;
        Assert.Equal(OutcomeCode.ProtocolViolation, payment.Delivered(BigInteger.Parse(claimed, System.Globalization.CultureInfo.InvariantCulture)).Code);
        var refused = await Wallet.PayAsync(purse, session);
        Assert.Equal(OutcomeCode.ProtocolViolation, refused.Refusal.Code);
        Assert.Equal(spent, purse.Spent);
    }

    [Fact]
    public async Task The_first_word_on_a_payment_counts()
    {
        var wallet = await Wallet.OpenAsync();
        var purse = wallet.Paymaster.Open(Wallet.Job(Plenty));
        var session = wallet.Session();
        var payment = await Wallet.PayAsync(purse, session);
        payment.Delivered(1);
        var key = new CreditKey(Keys.Recipient.Address, session.AuthToken.SessionId);
        var credit = wallet.Paymaster.Credit.Balance(key);
        payment.NoResponse();
        payment.Failed();
        payment.Delivered(5);
        Assert.Equal(credit, wallet.Paymaster.Credit.Balance(key));
    }

    [Fact]
    public async Task Credit_in_doubt_is_not_counted_on()
    {
        var wallet = await Wallet.OpenAsync();
        var purse = wallet.Paymaster.Open(Wallet.Job(Plenty));
        var session = wallet.Session(price: 1);
        for (var i = 0; i < 2; i++) (await Wallet.PayAsync(purse, session)).Delivered(1000);
        var unanswered = await Wallet.PayAsync(purse, session);
        Assert.Empty(Wallet.Message(unanswered).TicketSenderParams);
        unanswered.NoResponse();
        Assert.NotEmpty(Wallet.Message(await Wallet.PayAsync(purse, session)).TicketSenderParams);
    }

    [Theory]
    [InlineData("gRPC status 2: insufficient sender reserve", OutcomeCode.TicketRefused, 100, OutcomeCode.OurWallet)]
    [InlineData("gRPC status 2: insufficient sender reserve", OutcomeCode.TicketRefused, 1, OutcomeCode.TicketRefused)]
    [InlineData("HTTP 500: Internal Server Error", OutcomeCode.ServerError, 100, OutcomeCode.OurWallet)]
    [InlineData("HTTP 500: Internal Server Error", OutcomeCode.ServerError, 1, OutcomeCode.ServerError)]
    [InlineData("HTTP 400: Insufficient balance", OutcomeCode.TicketRefused, 100, OutcomeCode.TicketRefused)]
    [InlineData("HTTP 400: deposit and reserve for sender 0x is set to unlock soon", OutcomeCode.TicketRefused, 100, OutcomeCode.TicketRefused)]
    public async Task A_sentence_about_our_reserve_excuses_only_if_the_chain_says_so_too(string detail, OutcomeCode claimed, int pool, OutcomeCode judged)
    {
        var wallet = await Wallet.OpenAsync();
        wallet.Chain.PoolSize = pool;
        wallet.Chain.Funds = wallet.Chain.Funds with { ReserveFundsRemaining = 1_200_000 * wallet.Chain.GasPrice };
        var purse = wallet.Paymaster.Open(Wallet.Job(Plenty));
        Assert.Equal(judged, (await purse.ConfirmAsync(new Outcome(claimed, detail), null, Token)).Code);
        Assert.Equal(claimed, (await wallet.Paymaster.Open(Wallet.Job(null)).ConfirmAsync(new Outcome(claimed, detail), null, Token)).Code);
    }

    [Fact]
    public async Task An_unlock_that_we_see_too_is_ours_and_what_nobody_can_confirm_is_void()
    {
        var wallet = await Wallet.OpenAsync();
        var purse = wallet.Paymaster.Open(Wallet.Job(Plenty));
        var claimed = new Outcome(OutcomeCode.TicketRefused, "HTTP 400: deposit and reserve for sender 0x is set to unlock soon");
        wallet.Chain.Funds = wallet.Chain.Funds with { WithdrawRound = 43 };
        Assert.Equal(OutcomeCode.OurWallet, (await purse.ConfirmAsync(claimed, null, Token)).Code);
        wallet.Chain.Trouble = "no endpoint answers";
        Assert.Equal(OutcomeCode.OurChain, (await purse.ConfirmAsync(claimed, null, Token)).Code);
    }

    [Theory]
    [InlineData("it", null, OutcomeCode.TicketRefused)]
    [InlineData("its recipient", null, OutcomeCode.TicketRefused)]
    [InlineData("its recipient", 43L, OutcomeCode.TicketRefused)]
    [InlineData("its recipient", 42L, OutcomeCode.OurChain)]
    [InlineData("somebody else", null, OutcomeCode.OurChain)]
    public async Task Who_calls_itself_inactive_is_excused_only_if_the_chain_says_so_too(string active, long? leavesIn, OutcomeCode judged)
    {
        var wallet = await Wallet.OpenAsync();
        var job = Wallet.Job(Plenty);
        (wallet.Chain.First, wallet.Chain.FirstLeavesIn) = (active switch
        {
            "it" => Address.Parse(job.Orchestrator.Text),
            "its recipient" => Keys.Recipient.Address,
            _ => Address.FromUri("https://somebody.else"),
        }, leavesIn);
        var claimed = new Outcome(OutcomeCode.TicketRefused, "HTTP 400: orchestrator 0x1 is inactive in round 42, cannot process payments");
        var purse = wallet.Paymaster.Open(job);
        Assert.Equal(judged, (await purse.ConfirmAsync(claimed, wallet.Session(), Token)).Code);
        Assert.Equal(claimed with { Code = OutcomeCode.SegmentRefused }, await purse.ConfirmAsync(claimed with { Code = OutcomeCode.SegmentRefused }, wallet.Session(), Token));
    }

    [Fact]
    public async Task Claims_of_inactivity_share_a_walk_for_half_a_minute_and_a_chain_that_fails_voids()
    {
        var clock = new FakeClock();
        var wallet = await Wallet.OpenAsync(clock);
        var purse = wallet.Paymaster.Open(Wallet.Job(Plenty));
        var claimed = new Outcome(OutcomeCode.TicketRefused, "HTTP 400: orchestrator 0x1 is inactive in round 42, cannot process payments");
        for (var i = 0; i < 10; i++) Assert.Equal(claimed, await purse.ConfirmAsync(claimed, wallet.Session(), Token));
        Assert.Equal(1, wallet.Chain.Walks);
        clock.Now += TimeSpan.FromSeconds(30);
        wallet.Chain.FirstLeavesIn = 1;
        Assert.Equal(OutcomeCode.OurChain, (await purse.ConfirmAsync(claimed, wallet.Session(), Token)).Code);
        Assert.Equal(2, wallet.Chain.Walks);
        clock.Now += TimeSpan.FromSeconds(30);
        (wallet.Chain.FirstLeavesIn, wallet.Chain.Trouble) = (null, "no endpoint answers");
        Assert.Equal(OutcomeCode.OurChain, (await purse.ConfirmAsync(claimed, wallet.Session(), Token)).Code);
    }

    [Theory]
    [InlineData(1039, OutcomeCode.TicketRefused)]
    [InlineData(1040, OutcomeCode.OurChain)]
    public async Task Parameters_called_expired_excuse_only_if_they_are_by_our_own_block(long block, OutcomeCode judged)
    {
        var wallet = await Wallet.OpenAsync();
        var purse = wallet.Paymaster.Open(Wallet.Job(Plenty));
        var session = wallet.Session(wallet.Params(expirationBlock: 1040));
        Assert.NotEmpty(Wallet.Message(await Wallet.PayAsync(purse, session)).TicketSenderParams);
        wallet.Chain.L1Block = block;
        var claimed = new Outcome(OutcomeCode.TicketRefused, "HTTP 400: TicketParams expired");
        Assert.Equal(judged, (await purse.ConfirmAsync(claimed, session, Token)).Code);
        Assert.Equal(claimed, await purse.ConfirmAsync(claimed, null, Token));
    }

    [Fact]
    public async Task A_session_is_renewed_in_the_last_tenth_of_its_token_and_when_its_tickets_expire()
    {
        var clock = new FakeClock();
        var wallet = await Wallet.OpenAsync(clock);
        var purse = wallet.Paymaster.Open(Wallet.Job(Plenty));
        var session = wallet.Session();
        await purse.ExamineAsync(session, Wallet.Order(), Token);
        Assert.False(purse.NeedsRefresh(session));
        clock.Now = clock.Now.AddMinutes(27).AddSeconds(-1);
        Assert.False(purse.NeedsRefresh(session));
        clock.Now = clock.Now.AddSeconds(2);
        Assert.True(purse.NeedsRefresh(session));
        session = wallet.Session();
        Assert.False(purse.NeedsRefresh(session));
        wallet.Chain.L1Block = 1039;
        await purse.ExamineAsync(session, Wallet.Order(), Token);
        Assert.True(purse.NeedsRefresh(session));
        Assert.False(wallet.Paymaster.Open(Wallet.Job(null)).NeedsRefresh(session));
    }

    [Fact]
    public async Task The_chain_is_not_asked_again_for_every_payment()
    {
        var clock = new FakeClock();
        var wallet = await Wallet.OpenAsync(clock);
        var purse = wallet.Paymaster.Open(Wallet.Job(Plenty));
        for (var i = 0; i < 15; i++) (await Wallet.PayAsync(purse, wallet.Session(), i)).Failed();
        Assert.Equal(1, wallet.Chain.Reads);
        clock.Now += SenderWatch.Usable + TimeSpan.FromSeconds(1);
        wallet.Chain.Trouble = "no endpoint answers";
        Assert.Equal(OutcomeCode.OurChain, (await Wallet.PayAsync(purse, wallet.Session())).Refusal.Code);
    }

    [Fact]
    public async Task Limits_out_of_range_are_all_named()
    {
        var limits = new PaymentLimits { MaxTicketEv = 0, MaxTotalEv = -1, DepositMultiplier = 0, MaxPerDay = -1 };
        var message = (await Assert.ThrowsAsync<ArgumentException>(() => Wallet.OpenAsync(limits: limits))).Message;
        foreach (var name in new[] { "MaxTicketEv", "MaxTotalEv", "DepositMultiplier", "MaxPerDay" }) Assert.Contains(name, message, StringComparison.Ordinal);
    }
}
