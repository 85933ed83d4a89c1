using Google.Protobuf;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator;

/// <summary>
/// Counts each signed ticket that reaches a node once, whatever the node then says of it: what a sender spent is known even where the node
/// refuses or lies. It also remembers good signatures, so that none is recovered twice. Not safe for concurrent use.
/// </summary>
internal sealed class TicketWitness(CounterBoard counters)
{
    /// <summary>Beyond that it starts anew; no honest client gets near.</summary>
    private const int MaxRemembered = 200_000;

    private readonly Dictionary<Hash32, Signature> _signed = [];

    /// <summary>The tickets of a payment, in its order.</summary>
    /// <exception cref="HandlerPanicException">The payment has ticket parameters without a round and its hash.</exception>
    public static IEnumerable<(ReceivedTicket Ticket, ByteString Signature)> TicketsOf(Payment payment)
    {
        var terms = payment.TicketParams;
        if (payment.ExpirationParams is not { } expiration) throw new HandlerPanicException("A payment with ticket_params must have expiration_params.");
        var ticket = new ReceivedTicket
        {
            Recipient = Signed.AddressOf(terms.Recipient),
            Sender = Signed.AddressOf(payment.Sender),
            FaceValue = BigEndian.Read(terms.FaceValue.Span),
            WinProb = BigEndian.Read(terms.WinProb.Span),
            SenderNonce = 0,
            RecipientRandHash = Signed.HashOf(terms.RecipientRandHash),
            CreationRound = expiration.CreationRound,
            CreationRoundBlockHash = Signed.HashOf(expiration.CreationRoundBlockHash),
        };
        return payment.TicketSenderParams.Select(sent => (ticket with { SenderNonce = sent.SenderNonce }, sent.Sig));
    }

    /// <summary>Counts what is new in a payment.</summary>
    public void See(Payment payment)
    {
        if (payment.TicketParams is null || payment.ExpirationParams is null) return;
        foreach (var (ticket, bytes) in TicketsOf(payment))
        {
            if (_signed.ContainsKey(ticket.Hash()))
            {
                counters.TicketRepeated(ticket.Sender);
                continue;
            }

            if (IsSigned(ticket, bytes)) counters.TicketReceived(ticket.Sender, ticket.ExpectedValue);
        }
    }

    /// <summary>Whether the sender signed the ticket so.</summary>
    public bool IsSigned(ReceivedTicket ticket, ByteString bytes)
    {
        if (!Signature.TryParse(bytes.Span, out var signature, out _)) return false;
        var hash = ticket.Hash();
        if (_signed.TryGetValue(hash, out var known) && known == signature) return true;
        if (PersonalSign.Recover(hash.ToByteArray(), signature) != ticket.Sender) return false;
        if (_signed.Count >= MaxRemembered) _signed.Clear();
        _signed.TryAdd(hash, signature);
        return true;
    }
}
