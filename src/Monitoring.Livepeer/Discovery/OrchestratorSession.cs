using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>What discovery opened: where to upload and with which token. Parsed and checked; the auth token travels back as it came.</summary>
public sealed record OrchestratorSession
{
    // A real one has about 50 bytes. It travels in a header of every upload, so it must stay small.
    private const int MaximumTokenBytes = 4096;
    private const string SegmentPath = "/segment";

    /// <summary>Base URL for segments, as the orchestrator wrote it: <c>/segment</c> is simply put behind it.</summary>
    public required string Transcoder { get; init; }

    /// <summary>The session's token. Results carry the same one, so it never changes within a session.</summary>
    public required Wire.AuthToken AuthToken { get; init; }

    /// <summary>What the orchestrator offers, with its version cleaned.</summary>
    public required CapabilityOffer Capabilities { get; init; }

    /// <summary>The address whose key signs transcode results, 20 bytes or none. It never names anybody.</summary>
    public ReadOnlyMemory<byte> Address { get; init; }

    /// <summary>Price; null off-chain.</summary>
    public Wire.PriceInfo? Price { get; init; }

    /// <summary>Ticket parameters, which belong to the price; null off-chain.</summary>
    public Wire.TicketParams? TicketParams { get; init; }

    /// <summary>The first price of the session, wei per pixel, by which <see cref="PriceGuard"/> judges the later ones; null off-chain.</summary>
    public Rational? InitialPrice { get; init; }

    /// <summary>
    /// Whose signature every result must bear; null off-chain. It is fixed by discovery: a result that leaves the ticket parameters out does
    /// not free the next one from it.
    /// </summary>
    internal Address? ResultSigner { get; init; }

    /// <summary>The price as evidence: <c>wei/pixels</c>; empty off-chain.</summary>
    public string PriceText => Price is null ? "" : FormattableString.Invariant($"{Price.PricePerUnit}/{Price.PixelsPerUnit}");

    /// <summary>True when it asks for more than so many wei per pixel. Exact: prices are fractions of integers.</summary>
    internal bool IsDearerThan(long weiPerPixel) => Price is not null && (Int128)Price.PricePerUnit > (Int128)weiPerPixel * Price.PixelsPerUnit;

    /// <summary>Where segments go.</summary>
    internal Uri SegmentUrl => new(Transcoder + SegmentPath);

    /// <summary>The session after a result: fresh price and ticket parameters, taken together; the rest stays (protocol reference, 2.4).</summary>
    internal OrchestratorSession Refresh(Wire.OrchestratorInfo? info) =>
        info is null ? this : this with { Price = info.PriceInfo, TicketParams = info.TicketParams };

    /// <summary>Checks an answer of discovery.</summary>
    /// <param name="info">The message.</param>
    /// <param name="session">The session.</param>
    /// <param name="fault">Why there is none.</param>
    internal static bool TryRead(Wire.OrchestratorInfo info, out OrchestratorSession? session, out Outcome fault)
    {
        session = null;
        var problem = Problem(info);
        if (problem.Length > 0)
        {
            fault = new Outcome(OutcomeCode.ProtocolViolation, problem);
            return false;
        }

        var capabilities = CapabilityOffer.FromWire(info.Capabilities);
        if (!CapabilityOffer.StreamTest.IsCompatibleWith(capabilities))
        {
            fault = new Outcome(
                OutcomeCode.Incompatible,
                "its capabilities lack one that the test needs (H264, MPEGTS, AuthToken, SegmentSlicing), or it insists on one more");
            return false;
        }

        fault = default;
        session = new OrchestratorSession
        {
            Transcoder = info.Transcoder,
            AuthToken = info.AuthToken,
            Capabilities = capabilities,
            Address = info.Address.Memory,
            Price = info.PriceInfo,
            InitialPrice = info.PriceInfo is { } price ? new Rational(price.PricePerUnit, price.PixelsPerUnit) : null,
            TicketParams = info.TicketParams,
            ResultSigner = ResultSignature.SignerOf(info),
        };
        return true;
    }

    private static string Problem(Wire.OrchestratorInfo info)
    {
        if (!StrangerUrls.TryParse(info.Transcoder, out _, out var problem) || !StrangerUrls.TryParse(info.Transcoder + SegmentPath, out _, out problem))
            return $"the transcoder URL of the discovery answer cannot be used: {problem}";
        if (info.AuthToken is null) return "the discovery answer has no auth token, without which no segment is accepted";
        if (info.AuthToken.CalculateSize() is > MaximumTokenBytes and var size) return $"the auth token of the discovery answer has {size} bytes";
        if (info.Address.Length is not (0 or 20)) return $"the address of the discovery answer has {info.Address.Length} bytes, not 20";
        return info.PriceInfo is { } price && (price.PixelsPerUnit <= 0 || price.PricePerUnit < 0)
            ? FormattableString.Invariant($"a price of {price.PricePerUnit} for {price.PixelsPerUnit} pixels")
            : "";
    }
}
