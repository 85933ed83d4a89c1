using System.Numerics;
using System.Text.Json;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator.Tests.Payments;

/// <summary>The recorder's vectors of each payment it sent: what the node computes of them must be the same numbers.</summary>
public sealed class RecordedTicketTests
{
    public static TheoryData<string> Names => [.. Vectors().Where(v => v.TryGetProperty("tickets", out _)).Select(v => v.GetProperty("name").GetString()!)];

    [Fact]
    public void There_are_twenty_payments_with_tickets_and_two_without() => Assert.Equal((22, 20), (Vectors().Length, Names.Count));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_recorded_payment_gives_the_recorded_number_hashes_and_signer(string name)
    {
        var vector = Vectors().Single(v => v.GetProperty("name").GetString() == name);
        var payment = Payment.Parser.ParseFrom(Hex(vector.GetProperty("payment_hex").GetString()!));
        var terms = payment.TicketParams;
        var sender = Signed.AddressOf(payment.Sender);
        var auxData = ReceivedTicket.AuxDataOf(payment.ExpirationParams.CreationRound, Signed.HashOf(payment.ExpirationParams.CreationRoundBlockHash));

        if (vector.TryGetProperty("recipient_rand", out var expected) && expected.ValueKind == JsonValueKind.Object && payment.ExpectedPrice is { } price)
        {
            var (seed, faceValue, winProb) = (BigEndian.Read(terms.Seed.Span), BigEndian.Read(terms.FaceValue.Span), BigEndian.Read(terms.WinProb.Span));
            var (block, rational) = (BigEndian.Read(terms.ExpirationBlock.Span), new Rational(price.PricePerUnit, price.PixelsPerUnit));
            var number = new RecipientRand(Hex(expected.GetProperty("secret").GetString()!)).Of(seed, sender, faceValue, winProb, block, rational, auxData);
            // The recorder knew only what the discovery before had offered; where the payment changed something, the number must differ.
            var matches = RecipientRand.HashOf(number) == Signed.HashOf(terms.RecipientRandHash);
            Assert.Equal(!Changed.Contains(name), matches);
            if (matches)
            {
                Assert.Equal(expected.GetProperty("hmac_sha256_message_hex").GetString(), Convert.ToHexStringLower(RecipientRand.Message(seed, sender, faceValue, winProb, block, rational, auxData)));
                Assert.Equal(expected.GetProperty("recipientRand").GetString(), "0x" + Convert.ToHexStringLower(BigEndian.Word(number)));
                Assert.Equal(expected.GetProperty("keccak256(recipientRand)").GetString(), RecipientRand.HashOf(number).ToString());
            }
        }

        var tickets = TicketWitness.TicketsOf(payment).Zip(vector.GetProperty("tickets").EnumerateArray()).ToArray();
        Assert.NotEmpty(tickets);
        foreach (var ((sent, signature), recorded) in tickets)
        {
            var ticket = sent with { Sender = Address.Parse(vector.GetProperty("sender").GetString()!) };
            Assert.Equal(recorded.GetProperty("senderNonce").GetUInt32(), ticket.SenderNonce);
            if (Tampered.Contains(name))
            {
                // The recorder's hash is that of the ticket it signed before it changed the payment.
                Assert.NotEqual(recorded.GetProperty("ticket_hash").GetString(), ticket.Hash().ToString());
                Assert.False(Signed.By(ticket.Sender, ticket.Hash().ToByteArray(), signature.Span));
                continue;
            }

            Assert.Equal(recorded.GetProperty("ticket_hash").GetString(), ticket.Hash().ToString());
            Assert.Equal(recorded.GetProperty("signed_digest").GetString(), "0x" + Convert.ToHexStringLower(PersonalSign.Digest(ticket.Hash().ToByteArray())));
            Assert.Equal(recorded.GetProperty("sig_verifies").GetBoolean(), Signed.By(ticket.Sender, ticket.Hash().ToByteArray(), signature.Span));
        }
    }

    private static readonly HashSet<string> Changed =
    [
        "neg-ticket-facevalue-changed", "neg-ticket-winprob-changed", "neg-ticket-seed-changed", "neg-ticket-creation-round-changed",
        "neg-price-too-low", "neg-price-zero", "neg-unknown-sender-sig",
    ];

    /// <summary>Payments of which something that the tickets hash was changed after they were signed.</summary>
    internal static readonly HashSet<string> Tampered =
        ["neg-ticket-wrong-recipient", "neg-ticket-facevalue-changed", "neg-ticket-winprob-changed", "neg-ticket-creation-round-changed"];

    private static JsonElement[] Vectors()
    {
        using var recording = JsonDocument.Parse(File.ReadAllBytes(Repository.Fixture("orchestrator-recording.json")));
        return [.. recording.RootElement.GetProperty("onchain").GetProperty("ticket_vectors").EnumerateArray().Select(v => v.Clone())];
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text);
}
