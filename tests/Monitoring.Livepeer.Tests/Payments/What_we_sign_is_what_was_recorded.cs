using System.Text;
using Google.Protobuf;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer.Tests;

/// <summary>Vectors orchestrator-request, orchestrator-request-with-caps, segdata, segdata-empty-body, payment, payment-no-tickets, transcode-result, sender-nonces; and the recording's payments, requests and result signatures.</summary>
public sealed class What_we_sign_is_what_was_recorded
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task We_introduce_ourselves_by_the_checksummed_text_of_our_address()
    {
        var vector = Fixture.Vector("orchestrator-request");
        var expect = vector.GetProperty("expect");
        var hash = Keccak256.Hash(Encoding.ASCII.GetBytes(Keys.Broadcaster.Address.ToChecksumString()));
        Assert.Equal(vector.GetProperty("input").GetProperty("signed_text").GetString(), Keys.Broadcaster.Address.ToChecksumString());
        Assert.Equal(Fixture.Hex(expect.GetProperty("keccak256_of_text")), hash);
        Assert.Equal(Fixture.Hex(expect.GetProperty("personal_sign_digest")), PersonalSign.Digest(hash));

        var identity = (await Wallet.OpenAsync()).Paymaster.Identity;
        Assert.Equal(Keys.Broadcaster.Address.ToByteArray(), identity.Address.ToArray());
        Assert.True(Signature.TryParse(identity.Signature.Span, out var ours, out _));
        Assert.Equal(Keys.Broadcaster.Address, PersonalSign.Recover(hash, ours));
        var signature = Fixture.Hex(expect.GetProperty("signature"));
        Assert.True(Signature.TryParse(signature, out var recorded, out _));
        Assert.Equal(Keys.Broadcaster.Address, PersonalSign.Recover(hash, recorded));

        // With the recorded signature the messages are the recorded ones, with and without capabilities.
        var request = DiscoveryMessages.Request(identity with { Signature = signature });
        var withCaps = Wire.OrchestratorRequest.Parser.ParseFrom(Fixture.Hex(Fixture.Vector("orchestrator-request-with-caps").GetProperty("expect").GetProperty("protobuf_hex")));
        withCaps.IgnoreCapacityCheck = false; // the vector's is a refresh
        Assert.Equal(withCaps.ToByteArray(), request.ToByteArray());
        request.Capabilities = null;
        Assert.Equal(Fixture.Hex(expect.GetProperty("protobuf_hex")), request.ToByteArray());
        Assert.Equal(Fixture.Hex(expect.GetProperty("grpc_frame_hex")), GrpcFrame.Write(request));
        Assert.Equal(Fixture.Hex(Fixture.Exchange("onchain", "GetOrchestrator").GetProperty("request").GetProperty("body_hex")), GrpcFrame.Write(request));
    }

    [Theory]
    [InlineData("segdata")]
    [InlineData("segdata-empty-body")]
    public void A_segments_credentials_are_hashed_and_then_signed(string id)
    {
        var expect = Fixture.Vector(id).GetProperty("expect");
        var hash = Keccak256.Hash(Fixture.Hex(expect.GetProperty("flattened")));
        if (expect.TryGetProperty("keccak256_of_flattened", out var keccak)) Assert.Equal(Fixture.Hex(keccak), hash);
        if (expect.TryGetProperty("personal_sign_digest", out var digest)) Assert.Equal(Fixture.Hex(digest), PersonalSign.Digest(hash));
        Assert.True(Signature.TryParse(Fixture.Hex(expect.GetProperty("signature")), out var signature, out _));
        Assert.Equal(Keys.Broadcaster.Address, PersonalSign.Recover(hash, signature));
    }

    [Fact]
    public async Task The_purse_signs_the_hash_of_the_flattened_segment()
    {
        var wallet = await Wallet.OpenAsync();
        foreach (var price in new[] { 0L, 707L })
        {
            var payment = await Wallet.PayAsync(wallet.Paymaster.Open(Wallet.Job(1_000_000_000_000_000)), wallet.Session(price: price));
            Assert.Equal(new Outcome(OutcomeCode.Completed), payment.Refusal);
            Assert.True(Signature.TryParse(payment.Signature.Span, out var signature, out _));
            Assert.Equal(Keys.Broadcaster.Address, PersonalSign.Recover(Keccak256.Hash([1, 2, 3]), signature));
        }
    }

    [Fact]
    public void A_payment_of_the_vectors_is_rebuilt_byte_for_byte()
    {
        var expect = Fixture.Vector("payment").GetProperty("expect");
        var signatures = Fixture.Vector("ticket-batch").GetProperty("expect").GetProperty("tickets").EnumerateArray()
            .Select(ticket => (ticket.GetProperty("ticket").GetProperty("senderNonce").GetUInt32(), Parse(Fixture.Hex(ticket.GetProperty("signature")))));
        var info = Wire.OrchestratorInfo.Parser.ParseFrom(Fixture.Hex(Fixture.Vector("orchestrator-info").GetProperty("expect").GetProperty("protobuf_hex")));
        Assert.True(TicketParams.TryRead(info.TicketParams, out var parameters, out _));
        var payment = PaymentMessage.WithTickets(Keys.Broadcaster.Address, info.PriceInfo, parameters!, signatures);
        Assert.Equal(Fixture.Hex(expect.GetProperty("payment_protobuf_hex")), payment.ToByteArray());
        Assert.Equal(expect.GetProperty("livepeer_payment_header").GetString(), PaymentMessage.Header(payment));

        var none = Fixture.Vector("payment-no-tickets").GetProperty("expect");
        Assert.Equal(none.GetProperty("livepeer_payment_header").GetString(), PaymentMessage.Header(PaymentMessage.WithoutTickets(Keys.Broadcaster.Address, info.PriceInfo)));
        Assert.Equal(Fixture.Hex(none.GetProperty("payment_protobuf_hex")), PaymentMessage.WithoutTickets(Keys.Broadcaster.Address, info.PriceInfo).ToByteArray());
    }

    [Fact]
    public void Every_payment_that_a_real_orchestrator_took_is_rebuilt_byte_for_byte()
    {
        var taken = 0;
        foreach (var vector in Fixture.Recording.GetProperty("onchain").GetProperty("ticket_vectors").EnumerateArray())
        {
            var bytes = Fixture.Hex(vector.GetProperty("payment_hex"));
            var recorded = Wire.Payment.Parser.ParseFrom(bytes);
            if (recorded.ExpectedPrice is null) continue; // what we never send
            var sender = Address.FromBytes(recorded.Sender.Span);
            Wire.Payment built;
            if (recorded.TicketParams is null)
            {
                built = PaymentMessage.WithoutTickets(sender, recorded.ExpectedPrice);
            }
            else
            {
                // As it came from discovery: with the expiration parameters inside.
                var terms = recorded.TicketParams.Clone();
                terms.ExpirationParams = recorded.ExpirationParams;
                Assert.True(TicketParams.TryRead(terms, out var parameters, out var problem), problem);
                built = PaymentMessage.WithTickets(
                    sender, recorded.ExpectedPrice, parameters!, recorded.TicketSenderParams.Select(ticket => (ticket.SenderNonce, Parse(ticket.Sig.ToByteArray()))));
            }

            Assert.Equal(bytes, built.ToByteArray());
            Assert.Equal(vector.GetProperty("livepeer_payment_header").GetString(), PaymentMessage.Header(built));
            taken++;
        }

        Assert.True(taken >= 20, $"only {taken} payments were rebuilt");
    }

    [Fact]
    public async Task A_fresh_batch_has_the_nonces_from_one_and_the_next_goes_on()
    {
        Assert.Equal([1, 2, 3, 4], Fixture.Vector("sender-nonces").GetProperty("cases")[1].GetProperty("nonces").EnumerateArray().Select(nonce => nonce.GetInt32()));
        var wallet = await Wallet.OpenAsync();
        var purse = wallet.Paymaster.Open(Wallet.Job(1_000_000_000_000_000));
        var session = wallet.Session();
        var first = Wallet.Message(await Wallet.PayAsync(purse, session));
        var second = Wallet.Message(await Wallet.PayAsync(purse, session));
        Assert.Equal(Enumerable.Range(1, first.TicketSenderParams.Count).Select(nonce => (uint)nonce), first.TicketSenderParams.Select(ticket => ticket.SenderNonce));
        Assert.Equal((uint)first.TicketSenderParams.Count + 1, second.TicketSenderParams[0].SenderNonce);
        Assert.Null(first.TicketParams.ExpirationParams);
        Assert.Equal(42, first.ExpirationParams.CreationRound);
        Assert.Equal(session.Price, first.ExpectedPrice);
        foreach (var ticket in first.TicketSenderParams)
        {
            var hash = new Ticket(
                Keys.Recipient.Address, Keys.Broadcaster.Address, WireNumber.Read(first.TicketParams.FaceValue), WireNumber.Read(first.TicketParams.WinProb), ticket.SenderNonce,
                Hash32.FromBytes(first.TicketParams.RecipientRandHash.Span), 42, Hash32.FromBytes(first.ExpirationParams.CreationRoundBlockHash.Span)).Hash();
            Assert.Equal(Keys.Broadcaster.Address, PersonalSign.Recover(hash, Parse(ticket.Sig.ToByteArray())));
        }
    }

    [Fact]
    public void A_result_is_signed_over_the_hashes_of_its_renditions_once()
    {
        var vector = Fixture.Vector("transcode-result");
        var expect = vector.GetProperty("expect");
        ReadOnlyMemory<byte>[] renditions = [.. vector.GetProperty("input").GetProperty("renditions_ascii").EnumerateArray().Select(text => (ReadOnlyMemory<byte>)Encoding.ASCII.GetBytes(text.GetString()!))];
        Assert.Equal(Fixture.Hex(expect.GetProperty("signed_32_bytes")), ResultSignature.Message(renditions));
        Assert.Equal(Fixture.Hex(expect.GetProperty("personal_sign_digest")), PersonalSign.Digest(ResultSignature.Message(renditions)));
        var result = Wire.TranscodeResult.Parser.ParseFrom(Fixture.Hex(expect.GetProperty("transcodeResult_protobuf_hex")));
        var session = new OrchestratorSession { Transcoder = "https://a:1", AuthToken = new Wire.AuthToken(), Capabilities = CapabilityOffer.StreamTest, ResultSigner = ResultSignature.SignerOf(result.Info) };
        Assert.Equal(Keys.Orchestrator.Address, session.ResultSigner);
        Assert.Equal(OutcomeCode.Completed, ResultSignature.Check(session, result.Data.Sig.Span, renditions).Code);
        Assert.Equal(OutcomeCode.BadSignature, ResultSignature.Check(session, result.Data.Sig.Span, renditions.Reverse()).Code);
        Assert.Equal(new Outcome(OutcomeCode.BadSignature, "invalid signature length"), ResultSignature.Check(session, [], renditions));
        Assert.Equal(OutcomeCode.Completed, ResultSignature.Check(session with { ResultSigner = null }, [], renditions).Code);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public void The_recordings_results_verify_without_a_second_keccak(string number)
    {
        var about = Fixture.Recording.GetProperty("onchain").GetProperty("about").GetProperty("transcode_result_sig_" + number);
        Assert.True(about.GetProperty("verifies_without_second_keccak").GetBoolean());
        var message = Fixture.Hex(about.GetProperty("keccak256(concat(keccak256(rendition_i)))"));
        Assert.Equal(Keys.Recipient.Address, PersonalSign.Recover(message, Parse(Fixture.Hex(about.GetProperty("sig")))));
    }

    [Fact]
    public void A_zero_address_gives_way_to_the_recipient_of_the_tickets()
    {
        var info = new Wire.OrchestratorInfo { Address = ByteString.CopyFrom(new byte[20]), TicketParams = new Wire.TicketParams { Recipient = ByteString.CopyFrom(Keys.Recipient.Address.ToByteArray()) } };
        Assert.Equal(Keys.Recipient.Address, ResultSignature.SignerOf(info));
        info.Address = ByteString.CopyFrom(Keys.Orchestrator.Address.ToByteArray());
        Assert.Equal(Keys.Orchestrator.Address, ResultSignature.SignerOf(info));
        info.TicketParams = null;
        Assert.Null(ResultSignature.SignerOf(info));
    }

    private static Signature Parse(byte[] bytes)
    {
        Assert.True(Signature.TryParse(bytes, out var signature, out var why), why);
        return signature;
    }
}
