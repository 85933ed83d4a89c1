using System.Numerics;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>The money of one test on the chain: checks, stages, signs, and keeps the credit of its sessions.</summary>
internal sealed class OnChainPurse(OnChainPaymaster paymaster, TestJob job) : IPurse
{
    private const int MaximumSessionId = 256;

    // A token lives 30 minutes; its last tenth is left to be (protocol reference, 1.7 and 3.10).
    private static readonly TimeSpan TokenMargin = TimeSpan.FromMinutes(3);
    private static readonly Outcome Fine = new(OutcomeCode.Completed);

    private long _pixels;

    /// <inheritdoc />
    public Spend Spent => paymaster.Ledger.SpentBy(job.Id) with { Pixels = Interlocked.Read(ref _pixels) };

    /// <inheritdoc />
    public async ValueTask<Outcome> ExamineAsync(OrchestratorSession session, StreamOrder order, CancellationToken cancellationToken)
    {
        if (job.Allowance is not { } allowance) return WithoutAllowance(session);
        if (!PriceGuard.TryRead(session.Price, out var price, out var problem)) return Violates(problem);
        if (session.Address.Length != Address.ByteLength) return Violates("the discovery answer names no address to check results by");
        if (!TryReadParams(session, out var parameters, out problem)) return Violates(problem);

        SenderView view;
        try
        {
            view = await paymaster.Watch.ReadAsync(SenderWatch.Fresh, cancellationToken);
        }
        catch (ChainException e)
        {
            return OfChain(e);
        }

        var check = SenderChecks.Check(parameters, 1, view, paymaster.Limits);
        if (check.Code != OutcomeCode.Completed) return check;
        var most = Fees.MostFor(order, price, parameters!.ExpectedValue).Ceiling();
        return most <= allowance
            ? Fine
            : new Outcome(OutcomeCode.SpendCap, $"the test would cost up to {most} wei at {session.PriceText} wei per pixel, and its allowance is {allowance}");
    }

    /// <inheritdoc />
    public async ValueTask<SegmentPayment> PayAsync(
        OrchestratorSession session, ClipSegment segment, ImmutableArray<RenditionProfile> profiles, ReadOnlyMemory<byte> flattened,
        CancellationToken cancellationToken)
    {
        if (job.Allowance is null && session.Price is null)
            return new SegmentPayment("", await SignCredentialsAsync(flattened, cancellationToken));
        if (!PriceGuard.TryRead(session.Price, out var price, out var problem)) return SegmentPayment.Refused(Violates(problem));
        problem = PriceGuard.Problem(price, session.InitialPrice);
        if (problem.Length > 0) return SegmentPayment.Refused(Violates(problem));
        TicketParams? parameters = null;
        if (session.TicketParams is not null && !TryReadParams(session, out parameters, out problem)) return SegmentPayment.Refused(Violates(problem));
        if (price.Sign == 0) return await WithoutTicketsAsync(session, flattened, cancellationToken);
        if (job.Allowance is not { } allowance) return SegmentPayment.Refused(WithoutAllowance(session));
        if (parameters is null) return SegmentPayment.Refused(Violates("ticketParams is nil"));
        if (session.AuthToken.SessionId.Length > MaximumSessionId)
            return SegmentPayment.Refused(Violates($"the session id has {session.AuthToken.SessionId.Length} characters"));

        var key = new CreditKey(parameters.Recipient, session.AuthToken.SessionId);
        var pixels = Fees.EstimatePixels(profiles, segment.Duration);
        var fee = Fees.Estimate(pixels, price);
        if (!paymaster.Credit.TryStage(key, fee, parameters.ExpectedValue, out var staged, out var closed)) return SegmentPayment.Refused(Violates(closed));
        var sent = false;
        try
        {
            Wire.Payment message;
            if (staged.Tickets.IsZero)
            {
                message = PaymentMessage.WithoutTickets(paymaster.Signer.Address, session.Price!);
            }
            else
            {
                var (refusal, signed) = await SignTicketsAsync(parameters, staged.Tickets, allowance, cancellationToken);
                if (signed is null) return SegmentPayment.Refused(refusal);
                message = PaymentMessage.WithTickets(paymaster.Signer.Address, session.Price!, signed.Parameters, signed.Tickets);
            }

            var signature = await SignCredentialsAsync(flattened, cancellationToken);
            sent = true;
            return new SegmentPayment(PaymentMessage.Header(message), signature, charged: true, (end, charged) => Settle(key, staged, price, fee, end, charged));
        }
        catch (ChainException e)
        {
            return SegmentPayment.Refused(OfChain(e));
        }
        finally
        {
            if (!sent) paymaster.Credit.Undo(key, staged);
        }
    }

    /// <inheritdoc />
    public bool NeedsRefresh(OrchestratorSession session)
    {
        if (job.Allowance is null) return false;
        var left = session.AuthToken.Expiration - paymaster.Time.GetUtcNow().ToUnixTimeSeconds();
        if (left < (long)TokenMargin.TotalSeconds) return true;
        if (!TryReadParams(session, out var parameters, out _) || parameters!.ExpectedValue.Sign == 0) return false;
        return paymaster.Ledger.NoncesLeft(parameters.RecipientRandHash) == 0
            || (paymaster.Watch.Latest is { } view && SenderChecks.AreExpired(parameters, view));
    }

    /// <inheritdoc />
    public async ValueTask<Outcome> ConfirmAsync(Outcome claimed, OrchestratorSession? session, CancellationToken cancellationToken)
    {
        if (job.Allowance is null || MoneyClaims.Of(claimed) is not (not MoneyClaim.None and var claim)) return claimed;
        try
        {
            return claim switch
            {
                MoneyClaim.SmallReserve when await paymaster.Reserve.IsTooSmallAsync(cancellationToken) => Confirmed(OutcomeCode.OurWallet, claimed),
                MoneyClaim.Unlocking when (await ReadNowAsync(cancellationToken)).UnlocksSoon => Confirmed(OutcomeCode.OurWallet, claimed),

                // Signed by a view of ours that was behind: parameters that are expired as they come are never signed.
                MoneyClaim.Expired when ParamsOf(session) is { } used && used.ExpirationBlock <= (await ReadNowAsync(cancellationToken)).L1Block =>
                    Confirmed(OutcomeCode.OurChain, claimed),

                // It left the set, and our list of those to test was behind.
                MoneyClaim.Inactive when !await paymaster.Activity.IsActiveAsync(job.Orchestrator, ParamsOf(session)?.Recipient, cancellationToken) =>
                    Confirmed(OutcomeCode.OurChain, claimed),
                _ => claimed,
            };
        }
        catch (ChainException e)
        {
            return OfChain(e);
        }
    }

    private ValueTask<SenderView> ReadNowAsync(CancellationToken cancellationToken) => paymaster.Watch.ReadAsync(TimeSpan.Zero, cancellationToken);

    private static TicketParams? ParamsOf(OrchestratorSession? session) => session is not null && TryReadParams(session, out var parameters, out _) ? parameters : null;

    private async ValueTask<(Outcome Refusal, SignedBatch? Signed)> SignTicketsAsync(
        TicketParams parameters, BigInteger count, BigInteger allowance, CancellationToken cancellationToken)
    {
        if (count > TicketLedger.MaximumNonces) return (Violates($"a segment would need {count} tickets, more than the {TicketLedger.MaximumNonces} of one set of parameters"), null);
        var view = await paymaster.Watch.ReadAsync(SenderWatch.Usable, cancellationToken);
        var check = SenderChecks.Check(parameters, (int)count, view, paymaster.Limits);
        if (check.Code != OutcomeCode.Completed) return (check, null);

        // Only very old orchestrators name no round; gateways then name theirs (protocol reference, 3.6).
        var named = parameters.CreationRound != 0 || !parameters.CreationRoundBlockHash.IsZero
            ? parameters
            : parameters with { CreationRound = view.Round.LastInitializedRound, CreationRoundBlockHash = view.Round.BlockHash };
        var grant = await paymaster.Ledger.TakeAsync(
            new NonceRequest(
                job.Id, job.Orchestrator, named.Recipient, named.RecipientRandHash, (int)count, named.ExpectedValue, allowance, paymaster.Limits.MaxPerDay),
            cancellationToken);
        if (grant.Refusal != GrantRefusal.None)
        {
            // Parameters are fresh with every result, so whoever hands out the same ones for ever is to blame; caps are ours.
            var code = grant.Refusal == GrantRefusal.Nonces ? OutcomeCode.ProtocolViolation : OutcomeCode.SpendCap;
            return (new Outcome(code, Outcome.Clean(grant.Why)), null);
        }

        var tickets = ImmutableArray.CreateBuilder<(uint, Signature)>((int)count);
        for (var i = 0u; i < count; i++)
        {
            var ticket = new Ticket(
                named.Recipient, paymaster.Signer.Address, named.FaceValue, named.WinProb, grant.First + i, named.RecipientRandHash, named.CreationRound,
                named.CreationRoundBlockHash);
            tickets.Add((ticket.SenderNonce, await paymaster.Signer.SignPersonalAsync(ticket.Hash(), cancellationToken)));
        }

        return (Fine, new SignedBatch(named, tickets.MoveToImmutable()));
    }

    private Outcome Settle(CreditKey key, StagedCredit staged, Rational price, Rational fee, PaymentEnd end, BigInteger pixels)
    {
        var debit = Fees.Debit(pixels, price);
        if (end == PaymentEnd.Delivered && (pixels.Sign < 0 || debit > fee))
        {
            var why = $"it charges for {(BigInteger.Abs(pixels) > long.MaxValue ? "more than 2^63" : pixels.ToString(System.Globalization.CultureInfo.InvariantCulture))} pixels where at most {(fee / price).Floor()} can be";
            paymaster.Credit.Settle(key, staged, PaymentEnd.Failed, Rational.Zero);
            paymaster.Credit.Close(key, why);
            return Violates(why);
        }

        paymaster.Credit.Settle(key, staged, end, debit);
        if (end == PaymentEnd.Delivered) Interlocked.Add(ref _pixels, (long)pixels);
        return Fine;
    }

    private async ValueTask<SegmentPayment> WithoutTicketsAsync(OrchestratorSession session, ReadOnlyMemory<byte> flattened, CancellationToken cancellationToken)
    {
        var message = PaymentMessage.WithoutTickets(paymaster.Signer.Address, session.Price!);
        return new SegmentPayment(PaymentMessage.Header(message), await SignCredentialsAsync(flattened, cancellationToken));
    }

    private async ValueTask<ReadOnlyMemory<byte>> SignCredentialsAsync(ReadOnlyMemory<byte> flattened, CancellationToken cancellationToken) =>
        (await paymaster.Signer.SignPersonalAsync(Keccak256.Hash(flattened.Span), cancellationToken)).ToBytes();

    private static bool TryReadParams(OrchestratorSession session, out TicketParams? parameters, out string problem)
    {
        parameters = null;
        problem = "ticketParams is nil";
        return session.TicketParams is { } message && TicketParams.TryRead(message, out parameters, out problem);
    }

    private static Outcome WithoutAllowance(OrchestratorSession session) => session.Price is null or { PricePerUnit: 0 }
        ? Fine
        : new Outcome(OutcomeCode.SpendCap, $"it asks {session.PriceText} wei per pixel, and nothing may be spent on this test");

    private static Outcome Violates(string problem) => new(OutcomeCode.ProtocolViolation, Outcome.Clean(problem));

    private static Outcome Confirmed(OutcomeCode ours, Outcome claimed) => new(ours, Outcome.Clean($"confirmed by our own chain read: {claimed.Detail}"));

    private static Outcome OfChain(ChainException e) => new(OutcomeCode.OurChain, Outcome.Clean(e.Message));

    private sealed record SignedBatch(TicketParams Parameters, ImmutableArray<(uint Nonce, Signature Signature)> Tickets);
}
