using System.Numerics;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer.Tests;

/// <summary>
/// The other side's books, slow and plain: every check of the protocol reference 3.8 that depends on history, its error text, and a balance
/// for each session. It remembers what it handed out, where a real one computes it again.
/// </summary>
internal sealed class BooksOfAnOrchestrator(FakeChain chain)
{
    private readonly Dictionary<Hash32, (Wire.TicketParams Params, Wire.PriceInfo Price)> _handedOut = [];
    private readonly Dictionary<string, Rational> _balances = [];
    private readonly Dictionary<Hash32, int> _nonces = [];

    /// <summary>Every nonce that was ever seen, whether its ticket was credited or not.</summary>
    public HashSet<(Hash32 Rand, uint Nonce)> Seen { get; } = [];

    /// <summary>Expected value of all tickets ever received.</summary>
    public Rational Received { get; private set; } = Rational.Zero;

    public Rational Balance(string session) => _balances.GetValueOrDefault(session, Rational.Zero);

    public void HandOut(Wire.OrchestratorInfo info) => _handedOut[Hash32.FromBytes(info.TicketParams.RecipientRandHash.Span)] = (info.TicketParams, info.PriceInfo);

    /// <returns>The error text; empty when the segment is accepted.</returns>
    public string Take(string session, Wire.Payment payment)
    {
        if (payment.ExpectedPrice is not { PixelsPerUnit: > 0 } price) return "invalid expected price sent with payment";
        if (payment.TicketParams is { } terms)
        {
            if (payment.ExpirationParams is null) return "nil dereference";
            var rand = Hash32.FromBytes(terms.RecipientRandHash.Span);
            if (!_handedOut.TryGetValue(rand, out var known)) return "invalid recipientRand for ticket recipientRandHash";
            var bare = known.Params.Clone();
            bare.ExpirationParams = null;
            if (!bare.Equals(terms) || !known.Price.Equals(price) || !known.Params.ExpirationParams.Equals(payment.ExpirationParams)) return "invalid recipientRand for ticket recipientRandHash";
            var ev = new Rational(WireNumber.Read(terms.FaceValue) * WireNumber.Read(terms.WinProb), Ticket.MaxWinProb);
            foreach (var ticket in payment.TicketSenderParams)
            {
                Received += ev;
                if (!Seen.Add((rand, ticket.SenderNonce))) return $"invalid ticket senderNonce: already seen nonce={ticket.SenderNonce}";
                if ((_nonces[rand] = _nonces.GetValueOrDefault(rand) + 1) > 600) return "invalid ticket senderNonce: too many values";
                if (WireNumber.Read(terms.ExpirationBlock) <= chain.L1Block) return "TicketParams expired";
                _balances[session] = Balance(session) + ev;
            }
        }

        return price.PricePerUnit > 0 && Balance(session) < Wallet.TicketEv ? "Insufficient balance" : "";
    }

    public void Debit(string session, BigInteger pixels, Wire.PriceInfo price) =>
        _balances[session] = Balance(session) - ((Rational)pixels * new Rational(price.PricePerUnit, price.PixelsPerUnit));
}
