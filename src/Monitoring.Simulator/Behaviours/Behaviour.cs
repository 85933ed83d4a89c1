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

    /// <summary>Every ready-made behaviour, each name once.</summary>
    public static readonly ImmutableArray<Behaviour> All =
    [
        Fast, JustInTime, Slow, Lossy, Failing, Capped, Busy, BlamesInput, Dear, Unreachable, Flapping,
        Echo, SameRendition, Stale, Empty, WrongSize, Missing, Garbage, SlowDownload, SlowResult,
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

    /// <summary>The price it states, in wei per pixel; null states none, as an off-chain orchestrator does.</summary>
    public long? WeiPerPixel { get; init; }

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
        All.FirstOrDefault(b => b.Name == name)
        ?? throw new FormatException($"'{name}' is no behaviour of a simulated orchestrator; there are: {string.Join(", ", All.Select(b => b.Name))}.");

    /// <inheritdoc />
    public override string ToString() => Name;

    internal bool FaultStrikes(int segmentOfSession) => Fault != SegmentFault.None && (segmentOfSession + 1) % FaultEvery == 0;

    private static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
