using Google.Protobuf;
using Monitoring.Core;

namespace Monitoring.Livepeer.Tests;

/// <summary>Every message of both recordings, and vectors orchestrator-request-with-caps, ping, orchestrator-info, transcode-result, transcode-result-error, payment.</summary>
public sealed class Messages_are_read_as_recorded
{
    private static readonly GatewayIdentity OffChain = OffChainPaymaster.Instance.Identity;

    public static TheoryData<string, int> Exchanges()
    {
        var data = new TheoryData<string, int>();
        foreach (var part in new[] { "offchain", "onchain" })
        {
            for (var i = 0; i < Fixture.Exchanges(part).Count(); i++) data.Add(part, i);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Exchanges))]
    public void Every_recorded_message_survives_decoding_and_encoding(string part, int index)
    {
        var exchange = Fixture.Exchanges(part).ElementAt(index);
        var (request, response) = (exchange.GetProperty("request"), exchange.GetProperty("response"));
        var path = request.GetProperty("path").GetString()!;
        if (path.StartsWith("/net.", StringComparison.Ordinal))
        {
            var (sent, received) = Parsers(path);
            AssertSurvives(sent, Unframed(request.GetProperty("body_hex").GetString()!));
            if (response.GetProperty("trailers").EnumerateArray().Any(pair => pair[0].GetString() == "grpc-status" && pair[1].GetString() == "0"))
                AssertSurvives(received, Unframed(response.GetProperty("body_hex").GetString()!));
        }
        else if (response.GetProperty("status").GetInt32() == 200 && path == "/segment")
        {
            AssertSurvives(Wire.TranscodeResult.Parser, Fixture.Hex(response.GetProperty("body_hex")));
        }
        else if (response.GetProperty("status").GetInt32() == 200 && path == "/payment")
        {
            AssertSurvives(Wire.PaymentResult.Parser, Fixture.Hex(response.GetProperty("body_hex")));
        }

        foreach (var header in request.GetProperty("headers").EnumerateArray())
        {
            var (name, value) = (header[0].GetString(), header[1].GetString()!);
            if (exchange.GetProperty("name").GetString()!.Contains("header-not", StringComparison.Ordinal)) continue;
            if (name == "livepeer-segment") AssertSurvives(Wire.SegData.Parser, Convert.FromBase64String(value));
            if (name == "livepeer-payment") AssertSurvives(Wire.Payment.Parser, Convert.FromBase64String(value));
        }
    }

    [Theory]
    [InlineData("orchestrator-info", "protobuf_hex")]
    [InlineData("transcode-result", "transcodeResult_protobuf_hex")]
    [InlineData("transcode-result-error", "transcodeResult_protobuf_hex")]
    [InlineData("ping", "request_protobuf_hex")]
    [InlineData("payment", "payment_protobuf_hex")]
    public void Every_message_of_the_vectors_is_encoded_to_the_same_bytes(string id, string field)
    {
        var bytes = Fixture.Hex(Fixture.Vector(id).GetProperty("expect").GetProperty(field));
        MessageParser parser = id switch
        {
            "orchestrator-info" => Wire.OrchestratorInfo.Parser,
            "ping" => Wire.PingPong.Parser,
            "payment" => Wire.Payment.Parser,
            _ => Wire.TranscodeResult.Parser,
        };
        Assert.Equal(bytes, parser.ParseFrom(bytes).ToByteArray());
    }

    [Fact]
    public void The_off_chain_request_is_the_recorded_one_with_capabilities()
    {
        var recorded = Fixture.Hex(Fixture.Exchange("offchain", "GetOrchestrator").GetProperty("request").GetProperty("message_hex"));
        var capabilities = Fixture.Vector("orchestrator-request-with-caps").GetProperty("expect").GetProperty("protobuf_hex").GetString()!;
        var field = Fixture.Hex(capabilities[^20..^4]); // field 3 with bits 0, 1, 12 and 26; the vector also sets ignoreCapacityCheck
        Assert.Equal([.. recorded, .. field], DiscoveryMessages.Request(OffChain).ToByteArray());
        Assert.Equal([0, 0, 0, 0, (byte)(recorded.Length + field.Length), .. recorded, .. field], GrpcFrame.Write(DiscoveryMessages.Request(OffChain)));
    }

    [Fact]
    public void The_recorded_discovery_answer_becomes_a_session()
    {
        var answer = DiscoveryMessages.Read(Unframed(Fixture.Exchange("offchain", "GetOrchestrator").GetProperty("response").GetProperty("body_hex").GetString()!));
        Assert.Equal(new Outcome(OutcomeCode.Completed), answer.Outcome);
        Assert.Equal("0.9.1-176aa415", answer.Version);
        Assert.Equal("https://127.0.0.1:18935", answer.Session!.Transcoder);
        Assert.Equal("https://127.0.0.1:18935/segment", answer.Session.SegmentUrl.ToString());
        Assert.Equal("c460cdc9", answer.Session.AuthToken.SessionId);
        Assert.Equal("", answer.Session.PriceText);
    }

    [Fact]
    public void On_chain_it_has_a_price_and_ticket_parameters_too()
    {
        var session = DiscoveryMessages.Read(Unframed(Fixture.Exchange("onchain", "GetOrchestrator").GetProperty("response").GetProperty("body_hex").GetString()!)).Session!;
        Assert.Equal("707/1", session.PriceText);
        Assert.Equal(32, session.TicketParams!.RecipientRandHash.Length);
        Assert.Equal(20, session.Address.Length);
    }

    [Theory]
    [InlineData("offchain")]
    [InlineData("onchain")]
    public void A_recorded_result_names_its_renditions_and_refreshes_the_session(string part)
    {
        var body = Fixture.Hex(Fixture.Exchange(part, "segment-1").GetProperty("response").GetProperty("body_hex"));
        var answer = SegmentUpload.Read(new UploadAnswer { HandedOverAt = 0 }, body, 1, 2);
        Assert.Equal(OutcomeCode.Completed, answer.Outcome.Code);
        Assert.Equal(2, answer.Renditions.Length);
        Assert.EndsWith("/P144p30fps16x9/1.ts", answer.Renditions[1].Url, StringComparison.Ordinal);
        Assert.Equal(part == "onchain" ? 65 : 0, answer.Signature.Length);

        var before = DiscoveryMessages.Read(Unframed(Fixture.Exchange(part, "GetOrchestrator").GetProperty("response").GetProperty("body_hex").GetString()!)).Session!;
        var after = before.Refresh(answer.Info);
        Assert.Equal(before.AuthToken, after.AuthToken);
        Assert.Equal(before.Transcoder, after.Transcoder);
        Assert.Equal(answer.Info!.TicketParams, after.TicketParams);
    }

    [Fact]
    public void A_result_of_another_segment_or_with_too_many_renditions_breaks_the_protocol()
    {
        var body = Fixture.Hex(Fixture.Exchange("offchain", "segment-1").GetProperty("response").GetProperty("body_hex"));
        Assert.Equal(OutcomeCode.ProtocolViolation, SegmentUpload.Read(new UploadAnswer { HandedOverAt = 0 }, body, 0, 2).Outcome.Code);
        Assert.Equal(OutcomeCode.ProtocolViolation, SegmentUpload.Read(new UploadAnswer { HandedOverAt = 0 }, body, 1, 1).Outcome.Code);
        Assert.Equal(OutcomeCode.ProtocolViolation, SegmentUpload.Read(new UploadAnswer { HandedOverAt = 0 }, [], 0, 1).Outcome.Code);
        var error = Fixture.Hex(Fixture.Vector("transcode-result-error").GetProperty("expect").GetProperty("transcodeResult_protobuf_hex"));
        Assert.Equal(OutcomeCode.OrchestratorBusy, SegmentUpload.Read(new UploadAnswer { HandedOverAt = 0 }, error, 7, 4).Outcome.Code);
    }

    [Fact]
    public void Answers_that_cannot_be_used_say_why()
    {
        var good = Wire.OrchestratorInfo.Parser.ParseFrom(Unframed(Fixture.Exchange("onchain", "GetOrchestrator").GetProperty("response").GetProperty("body_hex").GetString()!));
        AssertRefused(OutcomeCode.ProtocolViolation, info => info.Transcoder = "");
        AssertRefused(OutcomeCode.ProtocolViolation, info => info.Transcoder = "ftp://example.com:21");
        AssertRefused(OutcomeCode.ProtocolViolation, info => info.Transcoder = "https://user@example.com:1");
        AssertRefused(OutcomeCode.ProtocolViolation, info => info.Transcoder = "https://example.com:1/" + new string('x', 3000));
        AssertRefused(OutcomeCode.ProtocolViolation, info => info.AuthToken = null);
        AssertRefused(OutcomeCode.ProtocolViolation, info => info.AuthToken.SessionId = new string('x', 5000));
        AssertRefused(OutcomeCode.ProtocolViolation, info => info.Address = ByteString.CopyFrom(1, 2));
        AssertRefused(OutcomeCode.ProtocolViolation, info => info.PriceInfo.PixelsPerUnit = 0);
        AssertRefused(OutcomeCode.ProtocolViolation, info => info.PriceInfo.PricePerUnit = -1);
        AssertRefused(OutcomeCode.Incompatible, info => info.Capabilities = null);
        AssertRefused(OutcomeCode.Incompatible, info => info.Capabilities.Bitstring[0] &= ~1UL);
        AssertRefused(OutcomeCode.Incompatible, info => info.Capabilities.Mandatories.Add(1UL << 35));

        void AssertRefused(OutcomeCode code, Action<Wire.OrchestratorInfo> change)
        {
            var info = good.Clone();
            change(info);
            var answer = DiscoveryMessages.Read(info.ToByteArray());
            Assert.Null(answer.Session);
            Assert.Equal(code, answer.Outcome.Code);
            Assert.NotEqual("", answer.Outcome.Detail);
        }
    }

    [Fact]
    public void No_mutation_of_a_discovery_answer_or_a_result_throws()
    {
        var random = new Random(7);
        var info = Unframed(Fixture.Exchange("onchain", "GetOrchestrator").GetProperty("response").GetProperty("body_hex").GetString()!);
        var result = Fixture.Hex(Fixture.Exchange("onchain", "segment-0").GetProperty("response").GetProperty("body_hex"));
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = (round % 2 == 0 ? info : result).ToArray();
            for (var change = random.Next(1, 8); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(3) == 0) bytes = bytes[..random.Next(bytes.Length)];
            var outcome = round % 2 == 0 ? DiscoveryMessages.Read(bytes).Outcome : SegmentUpload.Read(new UploadAnswer { HandedOverAt = 0 }, bytes, 0, 4).Outcome;
            Assert.True(outcome.Detail.Length <= Outcome.MaximumDetail);
        }
    }

    private static (MessageParser Sent, MessageParser Received) Parsers(string path) => path switch
    {
        "/net.Orchestrator/Ping" => (Wire.PingPong.Parser, Wire.PingPong.Parser),
        "/net.Orchestrator/GetOrchestrator" => (Wire.OrchestratorRequest.Parser, Wire.OrchestratorInfo.Parser),
        _ => (Wire.EndTranscodingSessionRequest.Parser, Wire.EndTranscodingSessionResponse.Parser),
    };

    private static byte[] Unframed(string hex)
    {
        Assert.True(GrpcFrame.TryRead(Fixture.Hex(hex), out var message, out var problem), problem);
        return message.ToArray();
    }

    // Maps have no order on the wire and may spell out a key of 0, so the bytes may differ; the value may not, and nothing may be unknown to us.
    private static void AssertSurvives(MessageParser parser, byte[] bytes)
    {
        var message = parser.ParseFrom(bytes);
        Assert.Equal(message, parser.ParseFrom(message.ToByteArray()));
        Assert.Equal(message, parser.WithDiscardUnknownFields(true).ParseFrom(bytes));
    }
}
