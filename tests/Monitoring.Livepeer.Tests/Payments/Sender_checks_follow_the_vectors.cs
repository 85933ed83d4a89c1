using System.Numerics;
using System.Text.Json;
using Google.Protobuf;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer.Tests;

/// <summary>Vectors sender-validate, sender-ev, sender-facevalue, sender-facevalue-low, sender-expiry, sender-accept; and whose fault a refusal is.</summary>
public sealed class Sender_checks_follow_the_vectors
{
    private static readonly BigInteger Half = Ticket.MaxWinProb / 2;
    private static readonly SenderView Rich = new(100, new SenderInfo(BigInteger.Pow(10, 18), 0, BigInteger.Pow(10, 18), 0), new RoundInfo(5, 5, true, default), 100_000_000);
    private static readonly PaymentLimits Loose = new() { MaxTicketEv = BigInteger.Pow(10, 30), MaxTotalEv = BigInteger.Pow(10, 30) };

    [Theory]
    [InlineData("sender-validate")]
    [InlineData("sender-ev")]
    [InlineData("sender-facevalue")]
    [InlineData("sender-facevalue-low")]
    [InlineData("sender-expiry")]
    [InlineData("sender-accept")]
    public void Every_case_is_accepted_or_refused_in_a_gateways_words(string id)
    {
        var vector = Fixture.Vector(id);
        var shared = vector.TryGetProperty("base", out var given) ? given : default;
        var cases = vector.TryGetProperty("cases", out var several) ? several.EnumerateArray().ToArray() : [vector];
        foreach (var item in cases)
        {
            BigInteger? Get(string name) =>
                item.TryGetProperty(name, out var own) ? Tickets_follow_the_vectors.Number(own)
                : item.TryGetProperty("input", out var input) && input.TryGetProperty(name, out var inner) ? Tickets_follow_the_vectors.Number(inner)
                : shared.ValueKind == JsonValueKind.Object && shared.TryGetProperty(name, out var common) ? Tickets_follow_the_vectors.Number(common)
                : null;
            var parameters = Terms(Get("faceValue") ?? 1000, Get("winProb") ?? Half) with { ExpirationBlock = Get("expirationBlock") ?? 1_000_000 };
            var view = Rich with
            {
                L1Block = (long)(Get("lastL1Block") ?? 100),
                Funds = new SenderInfo(Get("deposit") ?? BigInteger.Pow(10, 18), (long)(Get("withdrawRound") ?? 0), Get("reserve") ?? BigInteger.Pow(10, 18), 0),
                Round = new RoundInfo(5, (long)(Get("lastInitializedRound") ?? 5), true, default),
            };
            var limits = Loose with
            {
                MaxTicketEv = Get("maxEV") ?? Loose.MaxTicketEv, MaxTotalEv = Get("maxTotalEV") ?? Loose.MaxTotalEv, DepositMultiplier = (int)(Get("depositMultiplier") ?? 1),
            };
            var outcome = SenderChecks.Check(parameters, (int)(Get("tickets") ?? 1), view, limits);
            var error = item.TryGetProperty("expect_error", out var text) ? text.GetString()
                : item.TryGetProperty("expect", out var expect) && expect.ValueKind == JsonValueKind.Object ? expect.GetProperty("error").GetString() : null;
            if (error is null) Assert.Equal(new Outcome(OutcomeCode.Completed), outcome);
            else Assert.StartsWith(error, outcome.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Missing_parameters_are_refused() => Assert.Equal(new Outcome(OutcomeCode.ProtocolViolation, "ticketParams is nil"), SenderChecks.Check(null, 1, Rich, Loose));

    [Fact]
    public void A_ticket_that_is_worth_nothing_is_accepted_whatever_our_funds()
    {
        var broke = Rich with { Funds = new SenderInfo(0, 1, 0, 0) };
        Assert.Equal(OutcomeCode.Completed, SenderChecks.Check(Terms(0, 0), 1, broke, Loose).Code);
        Assert.Equal(OutcomeCode.Completed, SenderChecks.Check(Terms(1000, 0), 1, broke, Loose).Code);
    }

    [Theory]
    [InlineData("deposit", OutcomeCode.OurWallet)]
    [InlineData("reserve", OutcomeCode.OurWallet)]
    [InlineData("unlock", OutcomeCode.OurWallet)]
    [InlineData("expired", OutcomeCode.ProtocolViolation)]
    [InlineData("certain", OutcomeCode.ProtocolViolation)]
    [InlineData("dear", OutcomeCode.ProtocolViolation)]
    [InlineData("high", OutcomeCode.OurWallet)]
    [InlineData("absurd", OutcomeCode.ProtocolViolation)]
    public void Missing_funds_are_ours_and_impossible_parameters_theirs(string what, OutcomeCode code)
    {
        var terms = Terms(12_000_000_000_000_000, Ticket.MaxWinProb / 1_000_000); // 100 times the cost of redeeming at 0.1 gwei
        var view = Rich;
        switch (what)
        {
            case "deposit": view = view with { Funds = view.Funds with { Deposit = 0 } }; break;
            case "reserve": view = view with { Funds = view.Funds with { ReserveFundsRemaining = 0 } }; break;
            case "unlock": view = view with { Funds = view.Funds with { WithdrawRound = 6 } }; break;
            case "expired": terms = terms with { ExpirationBlock = 101 }; break;
            case "certain": terms = terms with { WinProb = Ticket.MaxWinProb }; break;
            case "dear": terms = terms with { WinProb = Half }; break;
            case "high": view = view with { Funds = view.Funds with { Deposit = 11_999_999_999_999_999 } }; break;
            case "absurd": terms = terms with { FaceValue = BigInteger.Pow(2, 255), WinProb = 1 }; break;
        }

        var outcome = SenderChecks.Check(terms, 1, view, new PaymentLimits());
        Assert.Equal(code, outcome.Code);
        Assert.NotEmpty(outcome.Detail);
    }

    [Fact]
    public void The_last_block_but_one_is_too_late()
    {
        Assert.True(SenderChecks.AreExpired(Terms(1, 1) with { ExpirationBlock = 101 }, Rich));
        Assert.False(SenderChecks.AreExpired(Terms(1, 1) with { ExpirationBlock = 102 }, Rich));
        Assert.False(SenderChecks.AreExpired(Terms(1, 1) with { ExpirationBlock = BigInteger.Pow(2, 255) }, Rich));
    }

    [Fact]
    public async Task Parameters_of_any_size_are_bounded()
    {
        var wallet = await Wallet.OpenAsync();
        Assert.True(TicketParams.TryRead(wallet.Params(), out var good, out var problem), problem);
        Assert.Equal(wallet.Params().FaceValue, good!.ToWire().FaceValue);
        var word = ByteString.CopyFrom([.. Enumerable.Repeat((byte)0xff, 32)]);
        var more = ByteString.CopyFrom([1, .. new byte[37]]); // 2^296
        Assert.True(TicketParams.TryRead(With(p => (p.FaceValue, p.WinProb, p.Seed, p.ExpirationBlock) = (word, word, word, word)), out _, out _));
        Assert.True(TicketParams.TryRead(With(p => p.ExpirationParams = null), out var bare, out _));
        Assert.Empty(Ticket.AuxData(bare!.CreationRound, bare.CreationRoundBlockHash));
        foreach (var (name, change) in new (string, Action<Wire.TicketParams>)[]
                 {
                     ("recipient", p => p.Recipient = ByteString.Empty), ("recipient", p => p.Recipient = word), ("zero address", p => p.Recipient = ByteString.CopyFrom(new byte[20])),
                     ("faceValue", p => p.FaceValue = more), ("winProb", p => p.WinProb = more), ("seed", p => p.Seed = more), ("expirationBlock", p => p.ExpirationBlock = more),
                     ("recipientRandHash", p => p.RecipientRandHash = ByteString.Empty), ("recipientRandHash", p => p.RecipientRandHash = more),
                     ("creation round", p => p.ExpirationParams.CreationRound = -1), ("block hash", p => p.ExpirationParams.CreationRoundBlockHash = ByteString.CopyFrom(1)),
                 })
        {
            Assert.False(TicketParams.TryRead(With(change), out _, out problem));
            Assert.Contains(name, problem, StringComparison.Ordinal);
        }

        Wire.TicketParams With(Action<Wire.TicketParams> change)
        {
            var terms = wallet.Params();
            change(terms);
            return terms;
        }
    }

    [Theory]
    [InlineData(1_200_000, 1, false)]
    [InlineData(1_199_999, 1, true)]
    [InlineData(2_400_000, 2, false)]
    [InlineData(2_399_999, 2, true)]
    public void A_reserve_is_too_small_when_a_share_does_not_redeem_a_ticket(long reserveGas, int pool, bool tooSmall)
    {
        var gasPrice = new BigInteger(100_000_000);
        var view = Rich with { GasPrice = gasPrice, Funds = Rich.Funds with { ReserveFundsRemaining = reserveGas * gasPrice } };
        Assert.Equal(tooSmall, ReserveCheck.IsTooSmall(view, pool));
        Assert.True(ReserveCheck.IsTooSmall(view with { GasPrice = 0, Funds = view.Funds with { ReserveFundsRemaining = 7_999_999_999 } }, 1));
        Assert.False(ReserveCheck.IsTooSmall(view with { GasPrice = BigInteger.Pow(10, 18), Funds = view.Funds with { ReserveFundsRemaining = 1_200_000 * new BigInteger(3_000_000_000) } }, 1));
    }

    private static TicketParams Terms(BigInteger faceValue, BigInteger winProb) => new()
    {
        Recipient = Keys.Recipient.Address,
        FaceValue = faceValue,
        WinProb = winProb,
        RecipientRandHash = default,
        Seed = 1,
        ExpirationBlock = 1_000_000,
        CreationRound = 1,
        CreationRoundBlockHash = default,
    };
}
