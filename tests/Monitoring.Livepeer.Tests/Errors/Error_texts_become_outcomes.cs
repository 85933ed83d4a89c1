using System.Text;
using Monitoring.Core;

namespace Monitoring.Livepeer.Tests;

public sealed class Error_texts_become_outcomes
{
    [Theory]
    [InlineData("Invalid orchestrator request: orchestrator req sig check failed", OutcomeCode.DiscoveryRefused)]
    [InlineData("Invalid orchestrator request: OrchestratorCapped", OutcomeCode.Capped)]
    [InlineData("authentication failed: not on the list", OutcomeCode.DiscoveryRefused)]
    [InlineData("insufficient sender reserve", OutcomeCode.TicketRefused)]
    [InlineData("pixels per unit is 0", OutcomeCode.DiscoveryRefused)]
    [InlineData("price cannot be converted to int64", OutcomeCode.DiscoveryRefused)]
    [InlineData("GetSenderInfo RPC call to remote node failed: dial tcp", OutcomeCode.DiscoveryRefused)]
    [InlineData("ClaimedReserve RPC call to remote node failed: dial tcp", OutcomeCode.DiscoveryRefused)]
    [InlineData("Invalid auth token", OutcomeCode.AuthTokenRefused)]
    [InlineData("", OutcomeCode.DiscoveryRefused)]
    [InlineData("a text nobody has seen", OutcomeCode.DiscoveryRefused)]
    public void Of_discovery(string text, OutcomeCode code)
    {
        var outcome = OrchestratorErrors.OfCall(2, text);
        Assert.Equal(code, outcome.Code);
        Assert.Contains(text, outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(402, "base64 decode error: illegal base64 data at input byte 0", OutcomeCode.TicketRefused)]
    [InlineData(402, "protobuf unmarshal error: proto", OutcomeCode.TicketRefused)]
    [InlineData(402, "payment required", OutcomeCode.TicketRefused)]
    [InlineData(403, "ErrorSegEncoding", OutcomeCode.SegmentRefused)]
    [InlineData(403, "unrecognized profile output format", OutcomeCode.SegmentRefused)]
    [InlineData(403, "unrecognized encoder profile", OutcomeCode.SegmentRefused)]
    [InlineData(403, "unrecognized video codec", OutcomeCode.SegmentRefused)]
    [InlineData(403, "invalid duration", OutcomeCode.SegmentRefused)]
    [InlineData(403, "ErrSegSig", OutcomeCode.SegmentRefused)]
    [InlineData(403, "incompatible capabilities", OutcomeCode.Incompatible)]
    [InlineData(403, "missing auth token", OutcomeCode.AuthTokenRefused)]
    [InlineData(403, "invalid auth token", OutcomeCode.AuthTokenRefused)]
    [InlineData(403, "expired auth token", OutcomeCode.AuthTokenRefused)]
    [InlineData(403, "OrchestratorCapped\n", OutcomeCode.Capped)]
    [InlineData(403, "Forbidden", OutcomeCode.SegmentRefused)]
    [InlineData(403, "go away", OutcomeCode.SegmentRefused)]
    [InlineData(500, "Internal Server Error", OutcomeCode.ServerError)]
    [InlineData(400, "BadRequest", OutcomeCode.SegmentRefused)]
    [InlineData(400, "Insufficient balance", OutcomeCode.TicketRefused)]
    [InlineData(400, "Could not find Sender for payment: x", OutcomeCode.TicketRefused)]
    [InlineData(400, "orchestrator 0xab is inactive in round 3, cannot process payments", OutcomeCode.TicketRefused)]
    [InlineData(400, "deposit and reserve for sender 0xab is set to unlock soon", OutcomeCode.TicketRefused)]
    [InlineData(400, "could not get sender info for 0xab", OutcomeCode.TicketRefused)]
    [InlineData(400, "invalid ticket recipient", OutcomeCode.TicketRefused)]
    [InlineData(400, "invalid ticket sender", OutcomeCode.TicketRefused)]
    [InlineData(400, "invalid ticket senderNonce: too many values sender=0xab nonce=601", OutcomeCode.TicketRefused)]
    [InlineData(400, "TicketParams expired", OutcomeCode.TicketRefused)]
    [InlineData(400, "nobody knows", OutcomeCode.ServerError)]
    [InlineData(404, "404 page not found", OutcomeCode.ServerError)]
    [InlineData(503, "", OutcomeCode.ServerError)]
    [InlineData(301, "", OutcomeCode.Redirected)]
    [InlineData(307, "Moved", OutcomeCode.Redirected)]
    [InlineData(204, "", OutcomeCode.ProtocolViolation)]
    public void Of_an_upload(int status, string text, OutcomeCode code) => Assert.Equal(code, OrchestratorErrors.OfUpload(status, text).Code);

    [Theory]
    [InlineData("OrchestratorBusy", OutcomeCode.OrchestratorBusy)]
    [InlineData("OrchestratorCapped", OutcomeCode.Capped)]
    [InlineData("no transcoders available", OutcomeCode.NoTranscoder)]
    [InlineData("no transcoders can provide requested capabilities", OutcomeCode.NoTranscoder)]
    [InlineData("Remote transcoder took too long", OutcomeCode.NoTranscoder)]
    [InlineData("ErrTranscoderUnavailable", OutcomeCode.NoTranscoder)]
    [InlineData("TranscoderBusy", OutcomeCode.NoTranscoder)]
    [InlineData("TranscoderStopped", OutcomeCode.NoTranscoder)]
    [InlineData("MismatchedSegments", OutcomeCode.MissingRenditions)]
    [InlineData("ZeroSegments", OutcomeCode.MissingRenditions)]
    [InlineData("Missing local storage", OutcomeCode.TranscodeFailed)]
    [InlineData("unknown VideoProfile format for extension", OutcomeCode.TranscodeFailed)]
    [InlineData("Unsupported input pixel format", OutcomeCode.BadInputClaimed)]
    [InlineData("Error initializing filtergraph", OutcomeCode.BadInputClaimed)]
    [InlineData("Too many outputs", OutcomeCode.BadInputClaimed)]
    [InlineData("Unsupported input codec", OutcomeCode.BadInputClaimed)]
    [InlineData("No keyframes in input", OutcomeCode.BadInputClaimed)]
    [InlineData("Unrecoverable state, restart process", OutcomeCode.BadInputClaimed)]
    [InlineData("Encoded frames runaway", OutcomeCode.BadInputClaimed)]
    [InlineData("Decoder not found", OutcomeCode.BadInputClaimed)]
    [InlineData("Demuxer not found", OutcomeCode.BadInputClaimed)]
    [InlineData("Encoder not found", OutcomeCode.BadInputClaimed)]
    [InlineData("Muxer not found", OutcomeCode.BadInputClaimed)]
    [InlineData("Option not found", OutcomeCode.BadInputClaimed)]
    [InlineData("Invalid argument", OutcomeCode.BadInputClaimed)]
    [InlineData("TranscoderInvalidResolution", OutcomeCode.BadInputClaimed)]
    [InlineData("TranscoderInvalidVideo", OutcomeCode.BadInputClaimed)]
    [InlineData("TranscoderUnrecognizedFormat", OutcomeCode.BadInputClaimed)]
    [InlineData("TranscoderUnrecognizedProfile", OutcomeCode.BadInputClaimed)]
    [InlineData("TranscoderInvalidGOP", OutcomeCode.BadInputClaimed)]
    [InlineData("TranscoderIncompatibleDevices", OutcomeCode.BadInputClaimed)]
    [InlineData("TranscodeSeg error", OutcomeCode.TranscodeFailed)]
    public void Of_a_result(string text, OutcomeCode code)
    {
        var outcome = OrchestratorErrors.OfTranscoding(text);
        Assert.Equal(code, outcome.Code);
        Assert.Equal(text, outcome.Detail);
    }

    [Theory]
    [InlineData("OrchestratorCapped, honestly")]
    [InlineData("sorry: OrchestratorCapped")]
    [InlineData("we are in maintenance")]
    [InlineData("your wallet is empty")]
    public void A_text_that_is_not_exactly_an_excuse_is_none(string text)
    {
        Assert.Equal(OutcomeClass.Fault, OrchestratorErrors.OfCall(2, text).Class);
        Assert.Equal(OutcomeClass.Fault, OrchestratorErrors.OfUpload(403, text).Class);
        Assert.Equal(OutcomeClass.Fault, OrchestratorErrors.OfTranscoding(text).Class);
    }

    [Fact]
    public void Blaming_the_clip_stays_a_fault_until_others_agree() =>
        Assert.Equal(OutcomeClass.Fault, OrchestratorErrors.OfTranscoding("Unsupported input codec").Class);

    [Fact]
    public void A_hostile_text_is_cleaned_and_cut()
    {
        var outcome = OrchestratorErrors.OfUpload(403, "a\r\nb\u202e\u0000" + new string('x', 10_000));
        Assert.True(outcome.Detail.Length <= Outcome.MaximumDetail);
        Assert.DoesNotContain(outcome.Detail, char.IsControl);
    }

    public static TheoryData<string, string> RefusedUploads()
    {
        var data = new TheoryData<string, string>();
        foreach (var part in new[] { "offchain", "onchain" })
        {
            foreach (var exchange in Fixture.Exchanges(part))
            {
                var request = exchange.GetProperty("request");
                var refused = exchange.GetProperty("response").GetProperty("status").GetInt32() != 200;
                if (refused && request.GetProperty("path").GetString() == "/segment") data.Add(part, exchange.GetProperty("name").GetString()!);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(RefusedUploads))]
    public void Of_every_refusal_that_was_recorded(string part, string name)
    {
        var response = Fixture.Exchange(part, name).GetProperty("response");
        var text = Encoding.UTF8.GetString(Fixture.Hex(response.GetProperty("body_hex")));
        var expected = name switch
        {
            "neg-auth-token-bad" or "neg-auth-token-empty" => OutcomeCode.AuthTokenRefused,
            "neg-no-headers" or "neg-get-segment" => part == "offchain" ? OutcomeCode.AuthTokenRefused : OutcomeCode.SegmentRefused,
            "neg-payment-header-not-base64" => OutcomeCode.TicketRefused,
            _ when name.StartsWith("neg-ticket", StringComparison.Ordinal) => OutcomeCode.TicketRefused,
            _ when name.StartsWith("neg-price", StringComparison.Ordinal) || name == "neg-no-ticket" => OutcomeCode.TicketRefused,
            _ => OutcomeCode.SegmentRefused,
        };

        Assert.Equal(expected, OrchestratorErrors.OfUpload(response.GetProperty("status").GetInt32(), text).Code);
    }

    [Fact]
    public void Of_the_discovery_error_that_was_recorded()
    {
        var trailers = Fixture.Exchange("onchain", "neg-GetOrchestrator-sig-over-lowercase").GetProperty("response").GetProperty("trailers");
        var message = trailers.EnumerateArray().Single(pair => pair[0].GetString() == "grpc-message")[1].GetString()!;
        Assert.Equal(OutcomeCode.DiscoveryRefused, OrchestratorErrors.OfCall(2, message).Code);
    }
}
