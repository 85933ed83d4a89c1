using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>
/// What an orchestrator's error texts mean (protocol reference, 1.8, 2.3, 2.5 and 3.8). A text chooses the code and is kept, cleaned, as the
/// detail; it never excuses by itself: blaming the clip stays a fault until others agree, and being capped is excused only so often.
/// </summary>
public static class OrchestratorErrors
{
    private const string Capped = "OrchestratorCapped";

    private static readonly (string Prefix, OutcomeCode Code)[] Discovery =
    [
        ("Invalid orchestrator request: OrchestratorCapped", OutcomeCode.Capped),
        (Capped, OutcomeCode.Capped),
        ("Invalid orchestrator request: orchestrator req sig check failed", OutcomeCode.DiscoveryRefused),
        ("authentication failed: ", OutcomeCode.DiscoveryRefused),
        ("insufficient sender reserve", OutcomeCode.TicketRefused),
        ("pixels per unit is 0", OutcomeCode.DiscoveryRefused),
        ("price cannot be converted to int64", OutcomeCode.DiscoveryRefused),
        ("GetSenderInfo RPC call to remote node failed", OutcomeCode.DiscoveryRefused),
        ("ClaimedReserve RPC call", OutcomeCode.DiscoveryRefused),
        ("Invalid auth token", OutcomeCode.AuthTokenRefused),
    ];

    private static readonly (int Status, string Prefix, OutcomeCode Code)[] Upload =
    [
        (402, "base64 decode error: ", OutcomeCode.TicketRefused),
        (402, "protobuf unmarshal error: ", OutcomeCode.TicketRefused),
        (402, "", OutcomeCode.TicketRefused),
        (403, Capped, OutcomeCode.Capped),
        (403, "incompatible capabilities", OutcomeCode.Incompatible),
        (403, "missing auth token", OutcomeCode.AuthTokenRefused),
        (403, "invalid auth token", OutcomeCode.AuthTokenRefused),
        (403, "expired auth token", OutcomeCode.AuthTokenRefused),
        (403, "ErrorSegEncoding", OutcomeCode.SegmentRefused),
        (403, "proto:", OutcomeCode.SegmentRefused),
        (403, "unrecognized profile output format", OutcomeCode.SegmentRefused),
        (403, "unrecognized encoder profile", OutcomeCode.SegmentRefused),
        (403, "unrecognized video codec", OutcomeCode.SegmentRefused),
        (403, "invalid duration", OutcomeCode.SegmentRefused),
        (403, "ErrSegSig", OutcomeCode.SegmentRefused),
        (403, "Forbidden", OutcomeCode.SegmentRefused),
        (403, "", OutcomeCode.SegmentRefused),
        (400, "BadRequest", OutcomeCode.SegmentRefused),
        (400, "Insufficient balance", OutcomeCode.TicketRefused),
        (400, "insufficient sender reserve", OutcomeCode.TicketRefused),
        (400, "invalid expected price", OutcomeCode.TicketRefused),
        (400, "invalid recipientRand", OutcomeCode.TicketRefused),
        (400, "invalid recipient", OutcomeCode.TicketRefused),
        (400, "invalid sender", OutcomeCode.TicketRefused),
        (400, "invalid ticket", OutcomeCode.TicketRefused),
        (400, "TicketParams expired", OutcomeCode.TicketRefused),
        (400, "Could not find Sender for payment", OutcomeCode.TicketRefused),
        (400, "deposit and reserve for sender", OutcomeCode.TicketRefused),
        (400, "could not get sender info for", OutcomeCode.TicketRefused),
        (400, "orchestrator 0x", OutcomeCode.TicketRefused), // "... is inactive in round ..."
    ];

    private static readonly (string Prefix, OutcomeCode Code)[] Transcoding =
    [
        ("OrchestratorBusy", OutcomeCode.OrchestratorBusy),
        (Capped, OutcomeCode.Capped),
        ("no transcoders available", OutcomeCode.NoTranscoder),
        ("no transcoders can provide requested capabilities", OutcomeCode.NoTranscoder),
        ("Remote transcoder took too long", OutcomeCode.NoTranscoder),
        ("ErrTranscoderUnavailable", OutcomeCode.NoTranscoder),
        ("TranscoderBusy", OutcomeCode.NoTranscoder),
        ("TranscoderStopped", OutcomeCode.NoTranscoder),
        ("MismatchedSegments", OutcomeCode.MissingRenditions),
        ("ZeroSegments", OutcomeCode.MissingRenditions),
        ("Missing local storage", OutcomeCode.TranscodeFailed),
        ("unknown VideoProfile format for extension", OutcomeCode.TranscodeFailed),
        ("Unsupported input pixel format", OutcomeCode.BadInputClaimed),
        ("Error initializing filtergraph", OutcomeCode.BadInputClaimed),
        ("Too many outputs", OutcomeCode.BadInputClaimed),
        ("Unsupported input codec", OutcomeCode.BadInputClaimed),
        ("No keyframes in input", OutcomeCode.BadInputClaimed),
        ("Unrecoverable state, restart process", OutcomeCode.BadInputClaimed),
        ("Encoded frames runaway", OutcomeCode.BadInputClaimed),
        ("Decoder not found", OutcomeCode.BadInputClaimed),
        ("Demuxer not found", OutcomeCode.BadInputClaimed),
        ("Encoder not found", OutcomeCode.BadInputClaimed),
        ("Muxer not found", OutcomeCode.BadInputClaimed),
        ("Option not found", OutcomeCode.BadInputClaimed),
        ("Invalid argument", OutcomeCode.BadInputClaimed),
        ("TranscoderInvalidResolution", OutcomeCode.BadInputClaimed),
        ("TranscoderInvalidVideo", OutcomeCode.BadInputClaimed),
        ("TranscoderUnrecognizedFormat", OutcomeCode.BadInputClaimed),
        ("TranscoderUnrecognizedProfile", OutcomeCode.BadInputClaimed),
        ("TranscoderInvalidGOP", OutcomeCode.BadInputClaimed),
        ("TranscoderIncompatibleDevices", OutcomeCode.BadInputClaimed),
    ];

    /// <summary>The outcome behind a gRPC error of discovery or of a session's end.</summary>
    /// <param name="status">gRPC status, never 0.</param>
    /// <param name="message">Its message, decoded.</param>
    public static Outcome OfCall(int status, string message)
    {
        var text = Outcome.Clean(message);
        return new Outcome(Find(Discovery, text) ?? OutcomeCode.DiscoveryRefused, Outcome.Clean($"gRPC status {status}: {text}"));
    }

    /// <summary>The outcome behind an upload that was not answered with 200.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="body">The head of the text body.</param>
    public static Outcome OfUpload(int status, string body)
    {
        var text = Outcome.Clean(body);
        var detail = Outcome.Clean($"HTTP {status}: {text}");
        if (status is >= 300 and < 400) return new Outcome(OutcomeCode.Redirected, detail);
        if (status < 400) return new Outcome(OutcomeCode.ProtocolViolation, detail);
        foreach (var (of, prefix, code) in Upload)
        {
            if (of == status && Matches(text, prefix, code)) return new Outcome(code, detail);
        }

        return new Outcome(OutcomeCode.ServerError, detail);
    }

    /// <summary>The outcome behind the error text in a result.</summary>
    /// <param name="error"><c>TranscodeResult.error</c>.</param>
    public static Outcome OfTranscoding(string error)
    {
        var text = Outcome.Clean(error);
        return new Outcome(Find(Transcoding, text) ?? OutcomeCode.TranscodeFailed, text);
    }

    private static OutcomeCode? Find((string Prefix, OutcomeCode Code)[] table, string text)
    {
        foreach (var (prefix, code) in table)
        {
            if (Matches(text, prefix, code)) return code;
        }

        return null;
    }

    // A text that takes a test out of the score must be the exact one; any other may go on to say more.
    private static bool Matches(string text, string known, OutcomeCode code) => OutcomeCodes.ClassOf(code) == OutcomeClass.Excluded
        ? string.Equals(text, known, StringComparison.Ordinal)
        : text.StartsWith(known, StringComparison.Ordinal);
}
