using Monitoring.Core;

namespace Monitoring.Simulator;

/// <summary>
/// How a simulated orchestrator behaves, as data: the table of <see cref="All"/> names the ready-made ones, <c>with</c> makes others.
/// What it does not mention works as a real orchestrator does.
/// </summary>
public sealed record Behaviour
{
    /// <summary>Answers after about 0.3 s, faultless.</summary>
    public static readonly Behaviour Fast = new() { Name = "fast", TranscodingTime = Milliseconds(250) };

    /// <summary>Just keeps up with real time: a result after 1.75 s for 2 s of video.</summary>
    public static readonly Behaviour JustInTime = new() { Name = "just-in-time", TranscodingTime = Milliseconds(1750) };

    /// <summary>Slower than real time: 2.4 s for 2 s of video, so its queue grows while the upload keeps its pace.</summary>
    public static readonly Behaviour Slow = new() { Name = "slow", TranscodingTime = Milliseconds(2400) };

    /// <summary>Loses the renditions of each third segment: the result names them, the download answers 404.</summary>
    public static readonly Behaviour Lossy = new() { Name = "lossy", Fault = SegmentFault.Gone, FaultEvery = 3 };

    /// <summary>Fails to transcode each third segment.</summary>
    public static readonly Behaviour Failing =
        new() { Name = "failing", Fault = SegmentFault.ErrorResult, FaultEvery = 3, ResultError = "no transcoders available" };

    /// <summary>Refuses every new session with <c>OrchestratorCapped</c>.</summary>
    public static readonly Behaviour Capped = new() { Name = "capped", RefusesSessions = true };

    /// <summary>Accepts every segment and answers <c>OrchestratorBusy</c>.</summary>
    public static readonly Behaviour Busy = new() { Name = "busy", Fault = SegmentFault.ErrorResult, ResultError = "OrchestratorBusy" };

    /// <summary>Blames the input of every segment, though the clip is good.</summary>
    public static readonly Behaviour BlamesInput =
        new() { Name = "blames-input", Fault = SegmentFault.ErrorResult, ResultError = "TranscoderInvalidVideo" };

    /// <summary>Works, at 60,000 wei per pixel: above the default ceiling of 50,000.</summary>
    public static readonly Behaviour Dear = new() { Name = "dear", WeiPerPixel = 60_000 };

    /// <summary>Its port is closed.</summary>
    public static readonly Behaviour Unreachable = new() { Name = "unreachable", PortClosed = true };

    /// <summary>Up for 10 minutes, down for 5, and so on.</summary>
    public static readonly Behaviour Flapping =
        new() { Name = "flapping", Schedule = new UpDownSchedule(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5)) };

    /// <summary>Sends the upload back as every rendition.</summary>
    public static readonly Behaviour Echo = new() { Name = "echo", Fault = SegmentFault.EchoUpload };

    /// <summary>Sends one rendition for all profiles.</summary>
    public static readonly Behaviour SameRendition = new() { Name = "same-rendition", Fault = SegmentFault.SameRendition };

    /// <summary>Sends the first segment's renditions again and again.</summary>
    public static readonly Behaviour Stale = new() { Name = "stale", Fault = SegmentFault.Stale };

    /// <summary>Sends renditions of zero bytes.</summary>
    public static readonly Behaviour Empty = new() { Name = "empty", Fault = SegmentFault.Empty };

    /// <summary>Sends each rendition in the size of another profile.</summary>
    public static readonly Behaviour WrongSize = new() { Name = "wrong-size", Fault = SegmentFault.WrongSize };

    /// <summary>Leaves half of the renditions out.</summary>
    public static readonly Behaviour Missing = new() { Name = "missing", Fault = SegmentFault.Missing };

    /// <summary>Answers a segment with bytes that are no message.</summary>
    public static readonly Behaviour Garbage = new() { Name = "garbage", Fault = SegmentFault.Garbage };

    /// <summary>Drips its renditions at 8 kB/s, too slow for any download limit.</summary>
    public static readonly Behaviour SlowDownload = new() { Name = "slow-download", RenditionDrip = new Drip(2048, Milliseconds(250)) };

    /// <summary>Drips its result at 32 bytes per second, too slow for any limit on the result.</summary>
    public static readonly Behaviour SlowResult = new() { Name = "slow-result", ResultDrip = new Drip(16, Milliseconds(500)) };

    /// <summary>Says that each nonce was used before.</summary>
    public static readonly Behaviour ReplayedNonce = new() { Name = "replayed-nonce", Payment = PaymentFault.ClaimsSeenNonce };

    /// <summary>States another price than its ticket parameters are bound to.</summary>
    public static readonly Behaviour WrongPrice = new() { Name = "wrong-price", Payment = PaymentFault.WrongPrice };

    /// <summary>Gives out expired ticket parameters.</summary>
    public static readonly Behaviour ExpiredParams = new() { Name = "expired-params", Payment = PaymentFault.ExpiredParams };

    /// <summary>Says that good ticket parameters have expired.</summary>
    public static readonly Behaviour ClaimsExpiry = new() { Name = "claims-expiry", Payment = PaymentFault.ClaimsExpiry };

    /// <summary>Gives out expired auth tokens.</summary>
    public static readonly Behaviour ExpiredToken = new() { Name = "expired-token", Payment = PaymentFault.ExpiredToken };

    /// <summary>Gives out ticket parameters whose recipient's number it does not know.</summary>
    public static readonly Behaviour WrongRecipientRand = new() { Name = "wrong-recipient-rand", Payment = PaymentFault.WrongRecipientRand };

    /// <summary>Says that the sender unlocks its funds.</summary>
    public static readonly Behaviour SenderUnlocking = new() { Name = "sender-unlocking", Payment = PaymentFault.ClaimsUnlocking };

    /// <summary>Says that the sender's reserve is too small.</summary>
    public static readonly Behaviour NoReserve = new() { Name = "no-reserve", Payment = PaymentFault.ClaimsNoReserve };

    /// <summary>Says that it is not active itself.</summary>
    public static readonly Behaviour InactiveRecipient = new() { Name = "inactive-recipient", Payment = PaymentFault.ClaimsInactivity };

    /// <summary>Takes tickets and refuses the segment.</summary>
    public static readonly Behaviour TakesAndRefuses = new() { Name = "takes-and-refuses", Payment = PaymentFault.TakesAndRefuses };

    /// <summary>From the third result of a session on its price is 2.1 times what it was.</summary>
    public static readonly Behaviour PriceDoubled = new() { Name = "price-doubled", LaterPriceFactor = new Rational(21, 10) };

    /// <summary>From the third result of a session on its price is 0.</summary>
    public static readonly Behaviour PriceDropped = new() { Name = "price-dropped", LaterPriceFactor = Rational.Zero };

    /// <summary>Sends the ticket parameters of one info with the price of another.</summary>
    public static readonly Behaviour MixedParams = new() { Name = "mixed-params", Payment = PaymentFault.MixedParams };

    /// <summary>Gives out the same ticket parameters again and again: whoever forgets a nonce uses it twice.</summary>
    public static readonly Behaviour RepeatsParams = new() { Name = "repeats-params", Payment = PaymentFault.RepeatsParams };

    /// <summary>States and debits ten times the pixels.</summary>
    public static readonly Behaviour InflatedPixels = new() { Name = "inflated-pixels", Fault = SegmentFault.InflatedPixels };

    /// <summary>States a negative price.</summary>
    public static readonly Behaviour NegativePrice = new() { Name = "negative-price", Payment = PaymentFault.NegativePrice };

    /// <summary>Wants tickets of a million ETH.</summary>
    public static readonly Behaviour AbsurdFaceValue = new() { Name = "absurd-face-value", Payment = PaymentFault.AbsurdFaceValue };

    /// <summary>Wants tickets worth half an ETH each.</summary>
    public static readonly Behaviour AbsurdTicketValue = new() { Name = "absurd-ticket-value", Payment = PaymentFault.AbsurdTicketValue };

    /// <summary>Sends numbers far beyond 256 bits.</summary>
    public static readonly Behaviour OversizedNumbers = new() { Name = "oversized-numbers", Payment = PaymentFault.OversizedNumbers };

    /// <summary>Signs its results wrongly.</summary>
    public static readonly Behaviour WrongSignature = new() { Name = "wrong-signature", Fault = SegmentFault.WrongSignature };

    /// <summary>Every ready-made behaviour that needs no chain, each name once.</summary>
    public static readonly ImmutableArray<Behaviour> All =
    [
        Fast, JustInTime, Slow, Lossy, Failing, Capped, Busy, BlamesInput, Dear, Unreachable, Flapping,
        Echo, SameRendition, Stale, Empty, WrongSize, Missing, Garbage, SlowDownload, SlowResult,
    ];

    /// <summary>Every ready-made behaviour that shows with payments only (<see cref="FleetOptions.OnChain"/>), each name once.</summary>
    public static readonly ImmutableArray<Behaviour> AllPaid =
    [
        ReplayedNonce, WrongPrice, ExpiredParams, ClaimsExpiry, ExpiredToken, WrongRecipientRand, SenderUnlocking, NoReserve, InactiveRecipient,
        TakesAndRefuses, PriceDoubled, PriceDropped, MixedParams, RepeatsParams, InflatedPixels, NegativePrice, AbsurdFaceValue, AbsurdTicketValue,
        OversizedNumbers, WrongSignature,
    ];

    /// <summary>The name it is chosen by: lower-case words joined by hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>From the accepted upload to the result, before any drip; with a real transcoder the least it takes. Default 0.25 s.</summary>
    public TimeSpan TranscodingTime { get; init; } = Milliseconds(250);

    /// <summary>What goes wrong with a segment. Default nothing.</summary>
    public SegmentFault Fault { get; init; }

    /// <summary>The fault strikes each so-manieth segment of a session, the first ones being spared. Default 1: every segment.</summary>
    public int FaultEvery { get; init; } = 1;

    /// <summary>The text of <see cref="SegmentFault.ErrorResult"/>.</summary>
    public string ResultError { get; init; } = "OrchestratorBusy";

    /// <summary>Whether discovery and new sessions are refused with <c>OrchestratorCapped</c>.</summary>
    public bool RefusesSessions { get; init; }

    /// <summary>
    /// The price it states, in wei per pixel. Null states none without a chain, as an off-chain orchestrator does; with one it leaves
    /// <see cref="NodeOptions.Price"/> as it is.
    /// </summary>
    public long? WeiPerPixel { get; init; }

    /// <summary>What goes wrong with money. Default nothing.</summary>
    public PaymentFault Payment { get; init; }

    /// <summary>
    /// What the price is multiplied with in the results of a session, from the third on; params and price still belong together. 0 or more;
    /// default 1. Without a chain it has no effect.
    /// </summary>
    public Rational LaterPriceFactor { get; init; } = 1;

    /// <summary>Whether the port is closed all the time.</summary>
    public bool PortClosed { get; init; }

    /// <summary>When the port is open and when closed; null for always open.</summary>
    public UpDownSchedule? Schedule { get; init; }

    /// <summary>Drips the body of the transcode result; null sends it at once.</summary>
    public Drip? ResultDrip { get; init; }

    /// <summary>Drips the renditions; null sends them at once.</summary>
    public Drip? RenditionDrip { get; init; }

    /// <summary>The ready-made behaviour of that name.</summary>
    /// <exception cref="FormatException">There is none of that name; the message lists those there are.</exception>
    public static Behaviour Parse(string name) =>
        All.Concat(AllPaid).FirstOrDefault(b => b.Name == name)
        ?? throw new FormatException(
            $"'{name}' is no behaviour of a simulated orchestrator; there are: {string.Join(", ", All.Select(b => b.Name))}; "
            + $"and with payments: {string.Join(", ", AllPaid.Select(b => b.Name))}.");

    /// <inheritdoc />
    public override string ToString() => Name;

    /// <summary>The factor of the price in the info of a result that so many results of the session came before.</summary>
    internal Rational PriceFactorAfter(int results) => results >= 2 ? LaterPriceFactor : 1;

    internal bool FaultStrikes(int segmentOfSession) => Fault != SegmentFault.None && (segmentOfSession + 1) % FaultEvery == 0;

    private static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
