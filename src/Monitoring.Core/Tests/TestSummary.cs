namespace Monitoring.Core;

/// <summary>What scores and public tables need of one measured test; the evidence of each segment is kept apart.</summary>
public sealed record TestSummary
{
    /// <summary>When the first segment (or discovery, if none was sent) began, by the region's clock, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>From the start of discovery to the end of the test.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>What was measured and how; results of different methods never share a window. See <see cref="TestMethod"/>.</summary>
    public required string Method { get; init; }

    /// <summary>The sums that enter the score.</summary>
    public required ScoreSums Sums { get; init; }

    /// <summary>The same test as the old server would have been told of it.</summary>
    public required LegacyAverages Averages { get; init; }

    /// <summary>Source segments of the clip x streams.</summary>
    public int SourceSegments { get; init; }

    /// <summary>Segments that came back complete with a round trip of at most their duration.</summary>
    public int RealTimeSegments { get; init; }

    /// <summary>Segments handed to the HTTP client.</summary>
    public int SegmentsSent { get; init; }

    /// <summary>Renditions received and valid (the old tester's <c>segments_received</c>).</summary>
    public int SegmentsReceived { get; init; }

    /// <summary>Average upload, download and transcode time of the segments that came back complete, seconds; 0 when none did.</summary>
    public double UploadTime { get; init; }

    /// <summary>Average download time, seconds.</summary>
    public double DownloadTime { get; init; }

    /// <summary>Average transcode time, seconds.</summary>
    public double TranscodeTime { get; init; }

    /// <summary>Round trips of the segments that came back complete, microseconds, in order of the clip.</summary>
    public ImmutableArray<long> RoundTripsMicros { get; init; } = [];

    /// <summary>How often each fault was seen on the segments of the test.</summary>
    public ImmutableArray<ErrorCount> Errors { get; init; } = [];

    /// <summary>The service URI that was dialled.</summary>
    public string ServiceUri { get; init; } = "";

    /// <summary>The software version that the orchestrator stated, cleaned; empty when it stated none.</summary>
    public string Version { get; init; } = "";

    /// <summary>Bytes of segments sent.</summary>
    public long BytesUp { get; init; }

    /// <summary>Bytes of renditions fetched.</summary>
    public long BytesDown { get; init; }

    /// <summary>What the test cost; nothing off-chain.</summary>
    public Spend Spend { get; init; } = Spend.None;

    /// <summary>Only where another tester posted the result: what else its body held.</summary>
    public PostedDetail? Posted { get; init; }
}

/// <summary>How often one error was seen (the old API's <c>errors</c> item).</summary>
/// <param name="ErrorCode">The code's name.</param>
/// <param name="Message">More about it; null when there is nothing to say.</param>
/// <param name="Count">Times seen, at least 1.</param>
public sealed record ErrorCount(string ErrorCode, string? Message, long Count);

/// <summary>What a posted result holds beyond the numbers (leaderboard reference, A.7 and A.8).</summary>
public sealed record PostedDetail
{
    /// <summary>The posted <c>timestamp</c>, Unix seconds.</summary>
    public long Timestamp { get; init; }

    /// <summary>AI model; empty for transcoding.</summary>
    public string Model { get; init; } = "";

    /// <summary>AI pipeline; empty for transcoding.</summary>
    public string Pipeline { get; init; } = "";

    /// <summary>The model was advertised as loaded.</summary>
    public bool ModelIsWarm { get; init; }

    /// <summary>A string that holds JSON.</summary>
    public string InputParameters { get; init; } = "";

    /// <summary>A string that holds JSON.</summary>
    public string ResponsePayload { get; init; } = "";

    /// <summary>The posted round trip, seconds, kept even where the test failed.</summary>
    public double RoundTripTime { get; init; }

    /// <summary>True when <c>errors</c> was absent or null in the body; such a row answers null and not an empty list.</summary>
    public bool ErrorsNull { get; init; }

    /// <summary>True when the result is of an AI job (model and pipeline are both there).</summary>
    public bool IsAi => Model.Length > 0 && Pipeline.Length > 0;
}
