using System.Globalization;
using System.Numerics;
using Google.Protobuf;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator;

/// <summary>Takes payments with the checks of protocol section 3.8 in their order, and keeps the balances.</summary>
internal sealed class PaymentDesk(
    Address recipient, OnChainOptions options, RecipientRand rand, TimeProvider clock, CounterBoard counters, Func<Behaviour> behaviour)
{
    private const string Expired = "TicketParams expired";

    private readonly Lock _lock = new();
    private readonly SeenNonces _nonces = new();
    private readonly SessionBalances _balances = new(clock);
    private readonly TicketWitness _witness = new(counters);

    public void Witness(Payment payment)
    {
        lock (_lock) _witness.See(payment);
    }

    public Rational? PinnedPrice(Address sender, string session)
    {
        lock (_lock) return _balances.PinnedPrice(sender, session);
    }

    /// <summary>Takes the tickets; the text of the refusal, null if nothing is wrong.</summary>
    public async ValueTask<string?> TakeAsync(Payment payment, string account, CancellationToken cancellation)
    {
        var sender = Signed.AddressOf(payment.Sender);
        if (payment.TicketParams is not { } terms)
        {
            // The quirk: whoever pays by credit alone is taken for one who pays nothing.
            lock (_lock) _balances.Pin(sender, account, Rational.Zero);
            return null;
        }

        if (payment.Sender.IsEmpty) return $"Could not find Sender for payment: {payment}";
        var acting = behaviour().Payment;
        var stated = Signed.AddressOf(terms.Recipient);
        ChainFacts facts;
        try
        {
            facts = await options.Chain.ReadAsync(cancellation);
            if (acting == PaymentFault.ClaimsInactivity || !await options.Chain.IsActiveAsync(stated, cancellation))
            {
                return string.Create(CultureInfo.InvariantCulture, $"orchestrator {stated} is inactive in round {facts.Round}, cannot process payments");
            }
        }
        catch (ChainException e)
        {
            return e.Message;
        }

        if (payment.ExpectedPrice is not { } expected) return InvalidPrice("expected price is nil");
        if (expected.PixelsPerUnit == 0) return InvalidPrice("pixels per unit is 0");
        var price = PriceOf(expected);
        lock (_lock) _balances.Pin(sender, account, price);

        var tickets = TicketWitness.TicketsOf(payment).ToArray();
        if (tickets.Length == 0) return null;
        if (await ProblemOfAsync(sender, facts.Round, acting, cancellation) is { } unlocking) return unlocking;
        if (acting == PaymentFault.ClaimsSeenNonce) return SeenNonces.Seen(sender, tickets[0].Ticket.SenderNonce);
        if (acting == PaymentFault.ClaimsExpiry) return Expired;

        var expirationBlock = BigEndian.Read(terms.ExpirationBlock.Span);
        var first = tickets[0].Ticket;
        var number = rand.Of(BigEndian.Read(terms.Seed.Span), sender, first.FaceValue, first.WinProb, expirationBlock, price, first.AuxData.AsSpan());
        lock (_lock) return Take(tickets, account, number, expirationBlock, facts.L1Block);
    }

    /// <summary>Whether a segment is paid for: it is free, or one ticket's worth is on the balance.</summary>
    public bool IsCovered(Payment payment, string session)
    {
        if (behaviour().Payment == PaymentFault.TakesAndRefuses) return false;
        if (payment.ExpectedPrice is not { PricePerUnit: > 0 }) return true;
        lock (_lock) return _balances.Of(Signed.AddressOf(payment.Sender), session) >= options.TicketEv;
    }

    public void Debit(Payment payment, string session, long pixels)
    {
        if (payment.ExpectedPrice is not { PixelsPerUnit: not 0 } expected) throw new HandlerPanicException("A payment must have an expected_price to debit by.");
        var sender = Signed.AddressOf(payment.Sender);
        var fee = PriceOf(expected) * pixels;
        lock (_lock) _balances.Add(sender, session, -fee);
        counters.Debited(sender, fee, pixels);
    }

    private static string InvalidPrice(string why) => $"invalid expected price sent with payment err=\"{why}\"";

    private static Rational PriceOf(PriceInfo price) => new(price.PricePerUnit, price.PixelsPerUnit);

    /// <summary>Check 6: the sender's funds must stay locked for two rounds more.</summary>
    private async ValueTask<string?> ProblemOfAsync(Address sender, long round, PaymentFault acting, CancellationToken cancellation)
    {
        var unlocking = $"deposit and reserve for sender {sender} is set to unlock soon";
        if (acting == PaymentFault.ClaimsUnlocking) return unlocking;
        try
        {
            var account = await options.Chain.ReadSenderAsync(sender, recipient, cancellation);
            return account.WithdrawRound != 0 && account.WithdrawRound <= round + 1 ? unlocking : null;
        }
        catch (ChainException e)
        {
            return $"could not get sender info for {sender}: {e.Message}";
        }
    }

    /// <summary>
    /// Checks 7 to 13. The first three end it; after any other failure the rest is still looked at, and may win, but nothing more is credited.
    /// Runs inside the lock.
    /// </summary>
    private string? Take((ReceivedTicket Ticket, ByteString Signature)[] tickets, string account, BigInteger number, BigInteger expirationBlock, BigInteger block)
    {
        string? problem = null;
        _nonces.Reach(block);
        foreach (var (ticket, bytes) in tickets)
        {
            if (ticket.Recipient != recipient) return "invalid ticket recipient";
            if (ticket.Sender == Address.Zero) return "invalid ticket sender";
            if (RecipientRand.HashOf(number) != ticket.RecipientRandHash) return "invalid recipientRand for ticket recipientRandHash";
            if (!_witness.IsSigned(ticket, bytes))
            {
                problem = "invalid ticket signature";
                continue;
            }

            if (ReceivedTicket.Wins(bytes.Span, number, ticket.WinProb)) counters.TicketWon(ticket, bytes.Span, number);
            if (_nonces.Use(number, ticket.Sender, ticket.SenderNonce, expirationBlock) is { } nonce) problem = nonce;
            else if (expirationBlock <= block) problem = Expired;
            if (problem is not null) continue;

            _balances.Add(ticket.Sender, account, ticket.ExpectedValue);
            counters.TicketCredited(ticket.Sender, ticket.ExpectedValue);
        }

        return problem;
    }
}
