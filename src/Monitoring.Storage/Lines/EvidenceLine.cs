using System.Text.Json;
using System.Text.Json.Serialization;
using Monitoring.Core;

namespace Monitoring.Storage.Lines;

/// <summary>The evidence of one revision of a test as it is stored. The test stands first, so that it can be found without parsing the rest.</summary>
internal sealed class EvidenceLine
{
    public required string? Test { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required int Revision { get; init; }

    public required EvidenceBody? Evidence { get; init; }

    /// <summary>The bytes of a test's evidence.</summary>
    /// <exception cref="ArgumentException">It holds an undefined code.</exception>
    public static byte[] Write(TestId test, int revision, TestEvidence evidence) => JsonSerializer.SerializeToUtf8Bytes(
        new EvidenceLine { Test = test.Text, Revision = revision, Evidence = EvidenceBody.From(evidence) }, StoredJson.Default.EvidenceLine);

    /// <summary>Reads evidence.</summary>
    /// <exception cref="JsonException">The bytes are none.</exception>
    public static (TestId Test, int Revision, TestEvidence Evidence) Read(ReadOnlySpan<byte> record)
    {
        var line = JsonSerializer.Deserialize(record, StoredJson.Default.EvidenceLine) ?? throw new JsonException("The record is null.");
        return (StoredText.Test(line.Test), line.Revision, (line.Evidence ?? throw new JsonException("The evidence is null.")).To());
    }
}

/// <summary>A <see cref="TestEvidence"/> as it is stored.</summary>
internal sealed class EvidenceBody
{
    public string? Dialled { get; init; }
    public long DiscoveryMicros { get; init; }
    public string? Transcoder { get; init; }
    public string? CertificateSha256 { get; init; }
    public string? Price { get; init; }
    public SegmentLine?[]? Segments { get; init; }

    public static EvidenceBody From(TestEvidence evidence) => new()
    {
        Dialled = StoredText.OrNull(evidence.DialledAddress),
        DiscoveryMicros = evidence.DiscoveryMicros,
        Transcoder = StoredText.OrNull(evidence.Transcoder),
        CertificateSha256 = StoredText.OrNull(evidence.CertificateSha256),
        Price = StoredText.OrNull(evidence.Price),
        Segments = StoredText.EachOrNull(evidence.Segments, SegmentLine? (segment) => SegmentLine.From(segment)),
    };

    public TestEvidence To() => new()
    {
        DialledAddress = Dialled ?? "",
        DiscoveryMicros = DiscoveryMicros,
        Transcoder = Transcoder ?? "",
        CertificateSha256 = CertificateSha256 ?? "",
        Price = Price ?? "",
        Segments = StoredText.Each(Segments, segment => segment.To()),
    };
}

/// <summary>A <see cref="SegmentEvidence"/> as it is stored.</summary>
internal sealed class SegmentLine
{
    public int Stream { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required int Seq { get; init; }

    public required string? State { get; init; }
    public required string? Code { get; init; }
    public string? Detail { get; init; }
    public long DurationMicros { get; init; }
    public int Bytes { get; init; }
    public long ReadyMicros { get; init; }
    public long LateMicros { get; init; }
    public long UploadMicros { get; init; }
    public long TranscodeMicros { get; init; }
    public long DownloadMicros { get; init; }
    public long RoundTripMicros { get; init; }
    public bool StockGatewayWouldGiveUp { get; init; }
    public int Status { get; init; }
    public RenditionLine?[]? Renditions { get; init; }

    public static SegmentLine From(SegmentEvidence segment) => new()
    {
        Stream = segment.Stream,
        Seq = segment.Seq,
        State = segment.State.ToString(),
        Code = StoredText.Code(segment.Outcome.Code),
        Detail = StoredText.OrNull(segment.Outcome.Detail),
        DurationMicros = segment.DurationMicros,
        Bytes = segment.Bytes,
        ReadyMicros = segment.ReadyMicros,
        LateMicros = segment.LateMicros,
        UploadMicros = segment.UploadMicros,
        TranscodeMicros = segment.TranscodeMicros,
        DownloadMicros = segment.DownloadMicros,
        RoundTripMicros = segment.RoundTripMicros,
        StockGatewayWouldGiveUp = segment.StockGatewayWouldGiveUp,
        Status = segment.Status,
        Renditions = StoredText.EachOrNull(segment.Renditions, RenditionLine? (rendition) => RenditionLine.From(rendition)),
    };

    public SegmentEvidence To() => new()
    {
        Stream = Stream,
        Seq = Seq,
        State = StoredText.State(State),
        Outcome = StoredText.Outcome(Code, Detail),
        DurationMicros = DurationMicros,
        Bytes = Bytes,
        ReadyMicros = ReadyMicros,
        LateMicros = LateMicros,
        UploadMicros = UploadMicros,
        TranscodeMicros = TranscodeMicros,
        DownloadMicros = DownloadMicros,
        RoundTripMicros = RoundTripMicros,
        StockGatewayWouldGiveUp = StockGatewayWouldGiveUp,
        Status = Status,
        Renditions = StoredText.Each(Renditions, rendition => rendition.To()),
    };
}

/// <summary>A <see cref="RenditionEvidence"/> as it is stored.</summary>
internal sealed class RenditionLine
{
    public string? Profile { get; init; }
    public required string? Code { get; init; }
    public string? Detail { get; init; }
    public int Bytes { get; init; }
    public long DownloadMicros { get; init; }
    public int Width { get; init; }
    public int Height { get; init; }
    public long DurationMicros { get; init; }
    public string? Sha256 { get; init; }

    public static RenditionLine From(RenditionEvidence rendition) => new()
    {
        Profile = StoredText.OrNull(rendition.Profile),
        Code = StoredText.Code(rendition.Outcome.Code),
        Detail = StoredText.OrNull(rendition.Outcome.Detail),
        Bytes = rendition.Bytes,
        DownloadMicros = rendition.DownloadMicros,
        Width = rendition.Width,
        Height = rendition.Height,
        DurationMicros = rendition.DurationMicros,
        Sha256 = StoredText.OrNull(rendition.Sha256),
    };

    public RenditionEvidence To() => new(
        Profile ?? "", StoredText.Outcome(Code, Detail), Bytes, DownloadMicros, Width, Height, DurationMicros, Sha256 ?? "");
}
