using System.Numerics;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Monitoring.Core;
using Monitoring.Ethereum;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Livepeer.Tests;

/// <summary>The whole test with an on-chain orchestrator: who pays, who is stopped, and whose fault it is.</summary>
public sealed class A_paid_stream_test : IAsyncLifetime
{
    private static readonly BigInteger Plenty = 1_000_000_000_000_000;
    private static readonly StreamTestOptions Options = new() { Limits = Gateway.Patient, Dial = new() { AllowLoopback = true }, LateLimit = TimeSpan.FromMinutes(1) };

    private Wallet _wallet = null!;
    private ScriptedOrchestrator _orchestrator = null!;
    private int _sessions;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _wallet = await Wallet.OpenAsync();
        _orchestrator = await ScriptedOrchestrator.StartAsync();
        _orchestrator.Price = new Wire.PriceInfo { PricePerUnit = 707, PixelsPerUnit = 1 };
        _orchestrator.Sign = renditions => Keys.Recipient.SignPersonalAsync(ResultSignature.Message(renditions), default).AsTask().GetAwaiter().GetResult().ToBytes();
        _orchestrator.Adjust = GoOnChain;
    }

    public ValueTask DisposeAsync() => _orchestrator.DisposeAsync();

    [Fact]
    public async Task Pays_checks_the_signature_and_tells_what_it_spent()
    {
        var result = await RunAsync(2);
        Assert.Equal(new Outcome(OutcomeCode.Completed), result.Outcome);
        var payments = Payments();
        Assert.Equal(2, payments.Length);
        Assert.All(payments, payment => Assert.Equal(707, payment.ExpectedPrice.PricePerUnit));
        var tickets = payments.SelectMany(payment => payment.TicketSenderParams.Select(_ => new Rational(WireNumber.Read(payment.TicketParams.FaceValue) * WireNumber.Read(payment.TicketParams.WinProb), Ticket.MaxWinProb))).ToArray();
        Assert.Equal(tickets.Aggregate(Rational.Zero, (sum, ev) => sum + ev), result.Summary.Spend.Expected);
        Assert.Equal(tickets.Length, result.Summary.Spend.Tickets);
        Assert.Equal((long)(Wallet.Pixels() * 2), result.Summary.Spend.Pixels);
        var request = Assert.Single(_orchestrator.Discoveries);
        Assert.Equal(Keys.Broadcaster.Address.ToByteArray(), request.Address.ToByteArray());
        foreach (var (segment, _, _, _) in _orchestrator.Segments)
        {
            var flattened = SegmentCredentials.Flatten(segment.ManifestId.ToStringUtf8(), segment.Seq, segment.Hash.Span, segment.FullProfiles.Select(profile => profile.Name));
            Assert.True(Signature.TryParse(segment.Sig.Span, out var signature, out _));
            Assert.Equal(Keys.Broadcaster.Address, PersonalSign.Recover(Keccak256.Hash(flattened), signature));
        }
    }

    [Theory]
    [InlineData("wrong key")]
    [InlineData("none")]
    [InlineData("second keccak")]
    public async Task Renditions_that_nobody_answers_for_do_not_count(string how)
    {
        _orchestrator.Sign = renditions => how switch
        {
            "wrong key" => Sign(Keys.Orchestrator, ResultSignature.Message(renditions)),
            "second keccak" => Sign(Keys.Recipient, Keccak256.Hash(ResultSignature.Message(renditions))),
            _ => [],
        };
        var result = await RunAsync(1);
        Assert.Equal(OutcomeCode.BadSignature, result.Outcome.Code);
        Assert.Equal(new ScoreSums(0, 4, 0, 0), result.Summary.Sums);
        Assert.True(result.Summary.Spend.Tickets > 0);
        Assert.All(Assert.Single(result.Evidence.Segments).Renditions, rendition => Assert.Equal(OutcomeCode.BadSignature, rendition.Outcome.Code));
    }

    [Fact]
    public async Task Whoever_leaves_the_ticket_parameters_out_must_sign_all_the_same()
    {
        var infos = 0;
        _orchestrator.Adjust = info =>
        {
            GoOnChain(info);
            if (++infos > 1) (info.TicketParams, info.PriceInfo) = (null, new Wire.PriceInfo { PixelsPerUnit = 1 });
        };
        var sign = _orchestrator.Sign!;
        var signed = 0;
        _orchestrator.Sign = renditions => ++signed > 1 ? [] : sign(renditions);
        var result = await RunAsync(2);
        Assert.Equal([SegmentState.Complete, SegmentState.Failed], result.Evidence.Segments.Select(segment => segment.State));
        Assert.Equal(OutcomeCode.BadSignature, result.Evidence.Segments[1].Outcome.Code);
    }

    [Fact]
    public async Task Whoever_charges_and_fails_is_stopped_after_three_segments()
    {
        _orchestrator.OnSegment = async (context, segment) =>
        {
            if (segment.Seq == 0) await context.Response.Body.WriteAsync(_orchestrator.Result(segment).ToByteArray(), Token);
            else await ScriptedOrchestrator.TextAsync(context, 500, "Internal Server Error");
        };
        var result = await RunAsync(8);
        Assert.Equal(4, _orchestrator.Segments.Count);
        Assert.Equal(OutcomeCode.Partial, result.Outcome.Code);
        Assert.Equal((4, 32), (result.Summary.Sums.Received, result.Summary.Sums.Expected));
        Assert.Contains("charged and brought nothing", result.Evidence.Segments[^1].Outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inflated_pixels_fail_the_segment_and_end_the_payments()
    {
        _orchestrator.OnSegment = (context, segment) =>
        {
            var result = _orchestrator.Result(segment);
            result.Data.Segments[0].Pixels = long.MaxValue;
            return context.Response.Body.WriteAsync(result.ToByteArray(), Token).AsTask();
        };
        var result = await RunAsync(3);
        Assert.Equal(OutcomeCode.ProtocolViolation, result.Outcome.Code);
        Assert.Single(_orchestrator.Segments);
        Assert.Equal((1, 0), (result.Summary.SegmentsSent, (int)result.Summary.Sums.Received));
        Assert.Equal(SegmentState.NotSent, result.Evidence.Segments[1].State);
    }

    [Fact]
    public async Task A_price_that_more_than_doubles_ends_the_payments()
    {
        _orchestrator.OnSegment = (context, segment) =>
        {
            _orchestrator.Price = new Wire.PriceInfo { PricePerUnit = 1415, PixelsPerUnit = 1 };
            return context.Response.Body.WriteAsync(_orchestrator.Result(segment).ToByteArray(), Token).AsTask();
        };
        var result = await RunAsync(3);
        Assert.Single(_orchestrator.Segments);
        Assert.Equal(OutcomeCode.Partial, result.Outcome.Code);
        Assert.All(result.Evidence.Segments[1..], segment => Assert.Equal(OutcomeCode.ProtocolViolation, segment.Outcome.Code));
    }

    [Fact]
    public async Task A_price_that_falls_to_nothing_is_no_fault()
    {
        _orchestrator.OnSegment = (context, segment) =>
        {
            _orchestrator.Price = new Wire.PriceInfo { PixelsPerUnit = 1 };
            return context.Response.Body.WriteAsync(_orchestrator.Result(segment).ToByteArray(), Token).AsTask();
        };
        Assert.Equal(new Outcome(OutcomeCode.Completed), (await RunAsync(3)).Outcome);
        Assert.Equal([707, 0, 0], Payments().Select(payment => payment.ExpectedPrice.PricePerUnit));
        Assert.Single(_wallet.Journal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Parameters_called_expired_are_fetched_anew_once_and_then_it_is_a_fault(int refusals)
    {
        _orchestrator.OnSegment = (context, segment) => refusals-- > 0
            ? ScriptedOrchestrator.TextAsync(context, 400, "TicketParams expired")
            : context.Response.Body.WriteAsync(_orchestrator.Result(segment).ToByteArray(), Token).AsTask();
        var expected = refusals == 1 ? OutcomeCode.Completed : OutcomeCode.TicketRefused;
        var result = await RunAsync(1);
        Assert.Equal(expected, result.Outcome.Code);
        Assert.Equal(2, _orchestrator.Discoveries.Count);
        Assert.Equal(2, _orchestrator.Ended.Select(token => token.SessionId).Distinct().Count());
        Assert.Equal(2, _orchestrator.Segments.Select(sent => sent.Segment.AuthToken.SessionId).Distinct().Count());
    }

    [Fact]
    public async Task A_token_in_its_last_minutes_is_renewed_before_the_first_segment()
    {
        _orchestrator.Adjust = info =>
        {
            GoOnChain(info);
            if (_sessions == 1) info.AuthToken.Expiration = TimeProvider.System.GetUtcNow().AddMinutes(2).ToUnixTimeSeconds();
        };
        Assert.Equal(new Outcome(OutcomeCode.Completed), (await RunAsync(1)).Outcome);
        Assert.Equal(2, _orchestrator.Discoveries.Count);
        Assert.Equal("session-2", Assert.Single(_orchestrator.Segments).Segment.AuthToken.SessionId);
        Assert.Contains(_orchestrator.Ended, token => token.SessionId == "session-1");
    }

    [Theory]
    [InlineData("expired", OutcomeCode.ProtocolViolation)]
    [InlineData("deposit", OutcomeCode.OurWallet)]
    [InlineData("unlock", OutcomeCode.OurWallet)]
    [InlineData("rpc", OutcomeCode.OurChain)]
    [InlineData("absurd", OutcomeCode.ProtocolViolation)]
    [InlineData("off-chain", OutcomeCode.ProtocolViolation)]
    [InlineData("allowance", OutcomeCode.SpendCap)]
    public async Task What_cannot_be_paid_is_not_sent(string what, OutcomeCode code)
    {
        switch (what)
        {
            case "expired": _wallet.Chain.L1Block = 1039; break;
            case "deposit": _wallet.Chain.Funds = _wallet.Chain.Funds with { Deposit = 0 }; break;
            case "unlock": _wallet.Chain.Funds = _wallet.Chain.Funds with { WithdrawRound = 43 }; break;
            case "rpc": _wallet.Chain.Trouble = "no endpoint answers"; break;
            case "absurd": _orchestrator.Adjust = info => { GoOnChain(info); info.TicketParams = _wallet.Params(BigInteger.Pow(2, 250)); }; break;
            case "off-chain": _orchestrator.Price = null; break;
        }

        var result = await RunAsync(2, what == "allowance" ? 10 : Plenty);
        Assert.Equal(code, result.Outcome.Code);
        Assert.Empty(_orchestrator.Segments);
        Assert.Empty(_wallet.Journal);
        Assert.Equal(Spend.None, result.Summary.Spend);
        Assert.NotEmpty(_orchestrator.Ended);
    }

    [Theory]
    [InlineData(1, OutcomeCode.TicketRefused)]
    [InlineData(100_000_000, OutcomeCode.OurWallet)]
    public async Task A_reserve_called_too_small_excuses_only_if_we_see_it_too(int pool, OutcomeCode code)
    {
        _wallet.Chain.PoolSize = Math.Min(pool, 200);
        if (pool > 1) _wallet.Chain.Funds = _wallet.Chain.Funds with { ReserveFundsRemaining = 1_200_000 * _wallet.Chain.GasPrice };
        _orchestrator.OnDiscovery = context => ScriptedOrchestrator.GrpcAsync(context, [], "2", "insufficient sender reserve");
        Assert.Equal(code, (await RunAsync(1)).Outcome.Code);
    }

    [Theory]
    [InlineData("invalid ticket senderNonce: already seen sender=0x1 nonce=1")]
    [InlineData("invalid recipientRand for ticket recipientRandHash")]
    [InlineData("Insufficient balance")]
    [InlineData("orchestrator 0x1 is inactive in round 42, cannot process payments")]
    public async Task A_correct_ticket_that_is_refused_is_the_orchestrators_fault(string text)
    {
        _orchestrator.OnSegment = (context, _) => ScriptedOrchestrator.TextAsync(context, StatusCodes.Status400BadRequest, text);
        Assert.Equal(OutcomeCode.TicketRefused, (await RunAsync(1)).Outcome.Code);
    }

    private static byte[] Sign(LocalSigner signer, byte[] message) => signer.SignPersonalAsync(message, default).AsTask().GetAwaiter().GetResult().ToBytes();

    private void GoOnChain(Wire.OrchestratorInfo info)
    {
        info.Address = ByteString.CopyFrom(Keys.Recipient.Address.ToByteArray());
        if (info.PriceInfo is null) return;
        info.TicketParams = _wallet.Params();
        if (info.PriceInfo.PricePerUnit == 0) (info.TicketParams.FaceValue, info.TicketParams.WinProb) = (ByteString.Empty, ByteString.Empty);
        info.AuthToken.SessionId = $"session-{++_sessions}";
        info.AuthToken.Expiration = TimeProvider.System.GetUtcNow().AddMinutes(30).ToUnixTimeSeconds();
    }

    private Wire.Payment[] Payments() =>
        [.. _orchestrator.Segments.Select(sent => Wire.Payment.Parser.ParseFrom(Convert.FromBase64String(sent.Headers["Livepeer-Payment"]!)))];

    private Task<TestResult> RunAsync(int segments, BigInteger? allowance = null)
    {
        var test = StreamTest.Create(Clip.Embedded.Take(segments), Options, _wallet.Paymaster, TimeProvider.System);
        return test.RunAsync(Wallet.Job(allowance ?? Plenty, uri: _orchestrator.Uri), null, Token);
    }
}
