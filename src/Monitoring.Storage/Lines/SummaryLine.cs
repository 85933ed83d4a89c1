using System.Text.Json.Serialization;
using Monitoring.Core;

namespace Monitoring.Storage.Lines;

/// <summary>A <see cref="TestSummary"/> as it is stored.</summary>
internal sealed class SummaryLine
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required DateTime StartedAt { get; init; }

    public TimeSpan Elapsed { get; init; }
    public required string? Method { get; init; }
    public long Received { get; init; }
    public long Expected { get; init; }
    public long DurationMicros { get; init; }
    public long RoundTripMicros { get; init; }
    public double SuccessRate { get; init; }
    public double SegDuration { get; init; }
    public double RoundTripTime { get; init; }
    public int SourceSegments { get; init; }
    public int RealTimeSegments { get; init; }
    public int SegmentsSent { get; init; }
    public int SegmentsReceived { get; init; }
    public double UploadTime { get; init; }
    public double DownloadTime { get; init; }
    public double TranscodeTime { get; init; }
    public long[]? RoundTripsMicros { get; init; }
    public ErrorLine?[]? Errors { get; init; }
    public string? ServiceUri { get; init; }
    public string? Version { get; init; }
    public long BytesUp { get; init; }
    public long BytesDown { get; init; }
    public string? SpentWei { get; init; }
    public long SpentPixels { get; init; }
    public int SpentTickets { get; init; }
    public PostedLine? Posted { get; init; }

    public static SummaryLine From(TestSummary summary) => new()
    {
        StartedAt = StoredText.Time(summary.StartedAt),
        Elapsed = summary.Elapsed,
        Method = summary.Method,
        Received = summary.Sums.Received,
        Expected = summary.Sums.Expected,
        DurationMicros = summary.Sums.DurationMicros,
        RoundTripMicros = summary.Sums.RoundTripMicros,
        SuccessRate = summary.Averages.SuccessRate,
        SegDuration = summary.Averages.SegDuration,
        RoundTripTime = summary.Averages.RoundTripTime,
        SourceSegments = summary.SourceSegments,
        RealTimeSegments = summary.RealTimeSegments,
        SegmentsSent = summary.SegmentsSent,
        SegmentsReceived = summary.SegmentsReceived,
        UploadTime = summary.UploadTime,
        DownloadTime = summary.DownloadTime,
        TranscodeTime = summary.TranscodeTime,
        RoundTripsMicros = StoredText.EachOrNull(summary.RoundTripsMicros, micros => micros),
        Errors = StoredText.EachOrNull(summary.Errors, ErrorLine? (error) => new ErrorLine { Code = error.ErrorCode, Message = error.Message, Count = error.Count }),
        ServiceUri = StoredText.OrNull(summary.ServiceUri),
        Version = StoredText.OrNull(summary.Version),
        BytesUp = summary.BytesUp,
        BytesDown = summary.BytesDown,
        SpentWei = summary.Spend.Expected.Sign == 0 ? null : summary.Spend.Expected.ToShortString(),
        SpentPixels = summary.Spend.Pixels,
        SpentTickets = summary.Spend.Tickets,
        Posted = summary.Posted is { } posted ? PostedLine.From(posted) : null,
    };

    public TestSummary To() => new()
    {
        StartedAt = StoredText.Time(StartedAt),
        Elapsed = Elapsed,
        Method = Method ?? "",
        Sums = new ScoreSums(Received, Expected, DurationMicros, RoundTripMicros),
        Averages = new LegacyAverages(SuccessRate, SegDuration, RoundTripTime),
        SourceSegments = SourceSegments,
        RealTimeSegments = RealTimeSegments,
        SegmentsSent = SegmentsSent,
        SegmentsReceived = SegmentsReceived,
        UploadTime = UploadTime,
        DownloadTime = DownloadTime,
        TranscodeTime = TranscodeTime,
        RoundTripsMicros = RoundTripsMicros is null ? [] : [.. RoundTripsMicros],
        Errors = StoredText.Each(Errors, error => new ErrorCount(error.Code ?? "", error.Message, error.Count)),
        ServiceUri = ServiceUri ?? "",
        Version = Version ?? "",
        BytesUp = BytesUp,
        BytesDown = BytesDown,
        Spend = new Spend(StoredText.Fraction(SpentWei), SpentPixels, SpentTickets),
        Posted = Posted?.To(),
    };
}

/// <summary>An <see cref="ErrorCount"/> as it is stored.</summary>
internal sealed class ErrorLine
{
    public required string? Code { get; init; }
    public string? Message { get; init; }
    public long Count { get; init; }
}

/// <summary>A <see cref="PostedDetail"/> as it is stored.</summary>
internal sealed class PostedLine
{
    public long Timestamp { get; init; }
    public string? Model { get; init; }
    public string? Pipeline { get; init; }
    public bool ModelIsWarm { get; init; }
    public string? InputParameters { get; init; }
    public string? ResponsePayload { get; init; }
    public double RoundTripTime { get; init; }
    public bool ErrorsNull { get; init; }

    public static PostedLine From(PostedDetail posted) => new()
    {
        Timestamp = posted.Timestamp,
        Model = StoredText.OrNull(posted.Model),
        Pipeline = StoredText.OrNull(posted.Pipeline),
        ModelIsWarm = posted.ModelIsWarm,
        InputParameters = StoredText.OrNull(posted.InputParameters),
        ResponsePayload = StoredText.OrNull(posted.ResponsePayload),
        RoundTripTime = posted.RoundTripTime,
        ErrorsNull = posted.ErrorsNull,
    };

    public PostedDetail To() => new()
    {
        Timestamp = Timestamp,
        Model = Model ?? "",
        Pipeline = Pipeline ?? "",
        ModelIsWarm = ModelIsWarm,
        InputParameters = InputParameters ?? "",
        ResponsePayload = ResponsePayload ?? "",
        RoundTripTime = RoundTripTime,
        ErrorsNull = ErrorsNull,
    };
}
