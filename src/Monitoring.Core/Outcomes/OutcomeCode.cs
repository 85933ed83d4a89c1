using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>
/// The reason behind an outcome, or behind one failed segment of a test. The class follows from the code (<see cref="OutcomeCodes.ClassOf"/>),
/// and the code from our own evidence; a sentence from the orchestrator never excuses it by itself.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<OutcomeCode>))]
public enum OutcomeCode
{
    /// <summary>Every rendition of every segment came back and was valid.</summary>
    Completed,

    /// <summary>Some renditions came back and were valid.</summary>
    Partial,

    /// <summary>The service URI is not an http or https URI with a host and a port.</summary>
    BadServiceUri,

    /// <summary>The host name does not resolve, or its name server fails.</summary>
    NameNotFound,

    /// <summary>The host resolves to an address nobody may dial (private, loopback, link-local, multicast ...).</summary>
    BlockedAddress,

    /// <summary>No connection within 2 s: refused, unreachable or silent.</summary>
    Unreachable,

    /// <summary>The TLS handshake failed, or HTTP/2 was not negotiated where gRPC needs it.</summary>
    TlsFailed,

    /// <summary>No answer to discovery within 3 s.</summary>
    DiscoveryTimedOut,

    /// <summary>Discovery was refused with an error we cannot excuse.</summary>
    DiscoveryRefused,

    /// <summary>An answer that is not what the protocol says: garbage bytes, a missing field, an impossible value.</summary>
    ProtocolViolation,

    /// <summary>The answer exceeds a bound: headers, body, count or time per byte.</summary>
    AnswerTooLarge,

    /// <summary>Fewer bytes per second than a live stream needs, while our own network was well.</summary>
    TooSlow,

    /// <summary>No response headers within 8 s of the upload.</summary>
    UploadTimedOut,

    /// <summary>No result within 8 s of the upload.</summary>
    ResultTimedOut,

    /// <summary>A rendition did not arrive within 4 s.</summary>
    DownloadTimedOut,

    /// <summary>A rendition could not be fetched (an HTTP error or a broken connection).</summary>
    DownloadFailed,

    /// <summary>The segment was dropped because the one before it was still in flight as it became ready.</summary>
    Dropped,

    /// <summary>The upload was answered with 403 and a reason we cannot excuse.</summary>
    SegmentRefused,

    /// <summary>The upload was answered with an HTTP 4xx or 5xx that the protocol does not name.</summary>
    ServerError,

    /// <summary>A redirect, which a gateway's upload does not survive (protocol section 9, item 29).</summary>
    Redirected,

    /// <summary>The orchestrator says our auth token is wrong or expired while it is not.</summary>
    AuthTokenRefused,

    /// <summary>The queue of the session is full (<c>OrchestratorBusy</c>).</summary>
    OrchestratorBusy,

    /// <summary>No transcoder, or one that is stopped, busy or too slow to answer its orchestrator.</summary>
    NoTranscoder,

    /// <summary>Transcoding failed (a text of the orchestrator that names no cause of ours).</summary>
    TranscodeFailed,

    /// <summary>The orchestrator blames the clip. Void only if others refused the same clip that day.</summary>
    BadInputClaimed,

    /// <summary>Fewer renditions than profiles asked for.</summary>
    MissingRenditions,

    /// <summary>A rendition is not MPEG-TS with a video stream.</summary>
    NotVideo,

    /// <summary>A rendition has another picture size than asked for.</summary>
    WrongSize,

    /// <summary>A rendition's duration differs from the source's by more than 100 ms.</summary>
    WrongDuration,

    /// <summary>A rendition equals the source, a sibling, or one of an earlier segment.</summary>
    Repeated,

    /// <summary>The signature over the renditions does not recover to the orchestrator's address.</summary>
    BadSignature,

    /// <summary>A correct ticket was refused.</summary>
    TicketRefused,

    /// <summary>Capped more often than is excused: over 2 of the last 8 tests of the region.</summary>
    PersistentlyCapped,

    /// <summary>At its session limit (<c>OrchestratorCapped</c>).</summary>
    Capped,

    /// <summary>Dearer than the price ceiling.</summary>
    PricedOut,

    /// <summary>The capabilities of the test are not offered.</summary>
    Incompatible,

    /// <summary>Inside an announced maintenance window.</summary>
    Maintenance,

    /// <summary>Our own network failed.</summary>
    OurNetwork,

    /// <summary>Our chain RPC failed or lagged.</summary>
    OurChain,

    /// <summary>Our deposit, reserve, key or tickets were at fault.</summary>
    OurWallet,

    /// <summary>Our clip was at fault: others refused it too.</summary>
    OurClip,

    /// <summary>Our process was too busy to measure: a segment released over 100 ms late, or throughput under twice the bitrate.</summary>
    OurOverload,

    /// <summary>Our clock was off by more than 5 s.</summary>
    OurClock,

    /// <summary>Our DNS resolver failed.</summary>
    OurResolver,

    /// <summary>Our software failed while testing.</summary>
    OurFault,

    /// <summary>The test was cut short because this process was asked to stop.</summary>
    OurShutdown,

    /// <summary>The region's results of that time are void, good and bad alike.</summary>
    RegionAnomaly,

    /// <summary>No process of the region asked for work.</summary>
    RegionStale,

    /// <summary>A spend cap was reached.</summary>
    SpendCap,

    /// <summary>The region's queue was full.</summary>
    QueueFull,

    /// <summary>The region's spool was full.</summary>
    SpoolFull,

    /// <summary>The region was shutting down.</summary>
    ShuttingDown,

    /// <summary>All workers of the region were busy until it was too late to start.</summary>
    NoWorker,

    /// <summary>The test was leased and nothing came back.</summary>
    NoReport,

    /// <summary>This monitor was not running when the test was due, or had just started and could not know whether a region was at it.</summary>
    Missed,

    /// <summary>The orchestrator left, or moved to another address, before the test could start.</summary>
    Rescheduled,
}

/// <summary>The class of every code.</summary>
public static class OutcomeCodes
{
    /// <summary>The class that a code belongs to. A number that is no code (JSON can carry one) counts for nothing: not run.</summary>
    public static OutcomeClass ClassOf(OutcomeCode code) => code switch
    {
        < OutcomeCode.Completed => OutcomeClass.NotRun,
        <= OutcomeCode.Partial => OutcomeClass.Success,
        <= OutcomeCode.PersistentlyCapped => OutcomeClass.Fault,
        <= OutcomeCode.Maintenance => OutcomeClass.Excluded,
        <= OutcomeCode.RegionAnomaly => OutcomeClass.Void,
        _ => OutcomeClass.NotRun,
    };
}
