using Google.Protobuf;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>Builds the <c>Livepeer-Payment</c> header (protocol reference, 3.9).</summary>
internal static class PaymentMessage
{
    /// <summary>A payment without tickets: what is sent while credit covers the segment, and to whoever asks nothing.</summary>
    /// <param name="sender">Our address.</param>
    /// <param name="price">As the orchestrator sent it, not reduced. Without it an orchestrator breaks the connection at the end.</param>
    public static Wire.Payment WithoutTickets(Address sender, Wire.PriceInfo price) => new()
    {
        Sender = ByteString.CopyFrom(sender.ToByteArray()),
        ExpectedPrice = price,
    };

    /// <summary>A payment by a batch of tickets that share their parameters.</summary>
    /// <param name="sender">Our address.</param>
    /// <param name="price">As above; it came with the parameters.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="tickets">Nonce and signature of each.</param>
    public static Wire.Payment WithTickets(
        Address sender, Wire.PriceInfo price, TicketParams parameters, IEnumerable<(uint Nonce, Signature Signature)> tickets)
    {
        var payment = WithoutTickets(sender, price);
        payment.TicketParams = parameters.ToWire();
        payment.ExpirationParams = parameters.ExpirationToWire();
        payment.TicketSenderParams.AddRange(tickets.Select(ticket => new Wire.TicketSenderParams
        {
            SenderNonce = ticket.Nonce,
            Sig = ByteString.CopyFrom(ticket.Signature.ToBytes()),
        }));
        return payment;
    }

    /// <summary>The header's value.</summary>
    public static string Header(Wire.Payment payment) => Convert.ToBase64String(payment.ToByteArray());
}
