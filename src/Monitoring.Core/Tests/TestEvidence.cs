using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>Everything that was seen in one test, for whoever asks "why is my score 0?".</summary>
public sealed record TestEvidence
{
    /// <summary>No evidence.</summary>
    public static TestEvidence None { get; } = new();

    /// <summary>The address and port that was dialled for discovery, empty when no connection was tried.</summary>
    public string DialledAddress { get; init; } = "";

    /// <summary>Discovery call, start to answer, microseconds; 0 when it never answered.</summary>
    public long DiscoveryMicros { get; init; }

    /// <summary>The base URL that the orchestrator told us to upload to, cleaned.</summary>
    public string Transcoder { get; init; } = "";

    /// <summary>SHA-256 of the TLS certificate it presented, hex; empty without TLS. Nobody verifies it: it is self-signed by custom.</summary>
    public string CertificateSha256 { get; init; } = "";

    /// <summary>Price it quoted, wei per pixel as <c>numerator/denominator</c>; empty off-chain.</summary>
    public string Price { get; init; } = "";

    /// <summary>Each segment of each stream, in order.</summary>
    public ImmutableArray<SegmentEvidence> Segments { get; init; } = [];
}

/// <summary>What became of one source segment.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SegmentState>))]
public enum SegmentState
{
    /// <summary>Every rendition came back and was valid.</summary>
    Complete,

    /// <summary>Some renditions came back and were valid.</summary>
    Partial,

    /// <summary>It was sent and no valid rendition came back.</summary>
    Failed,

    /// <summary>It was not sent because the one before it was still in flight.</summary>
    Dropped,

    /// <summary>It was never handed over: the test ended before, or it was not paid for.</summary>
    NotSent,
}

/// <summary>What was seen of one source segment. All times are from a monotonic clock.</summary>
public sealed record SegmentEvidence
{
    /// <summary>Stream of the test, from 0.</summary>
    public int Stream { get; init; }

    /// <summary>Sequence number in the clip, from 0.</summary>
    public required int Seq { get; init; }

    /// <summary>What became of it.</summary>
    public required SegmentState State { get; init; }

    /// <summary>Why; <see cref="OutcomeCode.Completed"/> when nothing was wrong.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>Duration of the source, microseconds.</summary>
    public long DurationMicros { get; init; }

    /// <summary>Bytes uploaded.</summary>
    public int Bytes { get; init; }

    /// <summary>When it became ready, microseconds after the stream's first segment did, by the schedule.</summary>
    public long ReadyMicros { get; init; }

    /// <summary>How much later than that it was handed over because of us; over 100,000 the test is void as overload.</summary>
    public long LateMicros { get; init; }

    /// <summary>Hand-over to response headers: the upload.</summary>
    public long UploadMicros { get; init; }

    /// <summary>Headers to the end of the result: the transcoding, as far as a client can see it.</summary>
    public long TranscodeMicros { get; init; }

    /// <summary>First download request to the last rendition byte.</summary>
    public long DownloadMicros { get; init; }

    /// <summary>Hand-over to the last rendition byte.</summary>
    public long RoundTripMicros { get; init; }

    /// <summary>True when headers took longer than the 2 s (or half the duration) after which a stock gateway gives up. Evidence, not scored.</summary>
    public bool StockGatewayWouldGiveUp { get; init; }

    /// <summary>HTTP status of the upload; 0 when there was none.</summary>
    public int Status { get; init; }

    /// <summary>Each rendition asked for, in order of the profiles.</summary>
    public ImmutableArray<RenditionEvidence> Renditions { get; init; } = [];
}

/// <summary>What was seen of one rendition.</summary>
/// <param name="Profile">The profile's name.</param>
/// <param name="Outcome">Completed when it is valid, else what is wrong.</param>
/// <param name="Bytes">Bytes fetched.</param>
/// <param name="DownloadMicros">Request to last byte.</param>
/// <param name="Width">Picture width found, pixels; 0 if none was found.</param>
/// <param name="Height">Picture height found, pixels; 0 if none was found.</param>
/// <param name="DurationMicros">Duration found; 0 if none was found.</param>
/// <param name="Sha256">SHA-256 of the bytes, hex; empty when nothing came.</param>
public sealed record RenditionEvidence(
    string Profile, Outcome Outcome, int Bytes, long DownloadMicros, int Width, int Height, long DurationMicros, string Sha256);
