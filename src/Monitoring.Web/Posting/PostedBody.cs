using System.Text.Json;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>
/// The body of a post as Go's JSON decoder would fill it: names in any case, unknown ones ignored, the last of several wins, null leaves a
/// field as it is, a missing one is zero. A value of another kind is remembered while the rest is read, and the first such is the answer.
/// </summary>
internal sealed class PostedBody
{
    private const int MaximumDepth = 1_000;

    private string? _mismatch;

    public string Region { get; private set; } = "";
    public string Orchestrator { get; set; } = "";
    public double SuccessRate { get; private set; }
    public double RoundTripTime { get; private set; }
    public double SegDuration { get; private set; }
    public double UploadTime { get; private set; }
    public double DownloadTime { get; private set; }
    public double TranscodeTime { get; private set; }
    public long SegmentsSent { get; private set; }
    public long SegmentsReceived { get; private set; }
    public long Timestamp { get; private set; }
    public string Model { get; private set; } = "";
    public string Pipeline { get; private set; } = "";
    public bool ModelIsWarm { get; private set; }
    public string InputParameters { get; private set; } = "";
    public string ResponsePayload { get; private set; } = "";

    /// <summary>Null when the field was absent or null.</summary>
    public List<ErrorCount>? Errors { get; private set; }

    /// <summary>Reads a body; null when it is not such JSON, and <paramref name="problem"/> says why.</summary>
    public static PostedBody? TryParse(ReadOnlySpan<byte> json, out string problem)
    {
        problem = "";
        if (json.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            problem = "unexpected end of JSON input";
            return null;
        }

        var body = new PostedBody();
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaximumDepth });
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject) body.ReadFields(ref reader);
            else if (reader.TokenType != JsonTokenType.Null) body.Mismatch(ref reader, "Go value of type models.Stats");

            // Only white space may follow.
            while (reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            problem = IsCutShort(json)
                ? "unexpected end of JSON input"
                : $"invalid character at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} of the JSON";
            return null;
        }

        problem = body._mismatch ?? "";
        return body._mismatch is null ? body : null;
    }

    private void ReadFields(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = GoJson.String(ref reader).ToLowerInvariant();
            reader.Read();
            switch (name)
            {
                case "region": Region = Text(ref reader, Region, name); break;
                case "orchestrator": Orchestrator = Text(ref reader, Orchestrator, name); break;
                case "success_rate": SuccessRate = Number(ref reader, SuccessRate, name); break;
                case "round_trip_time": RoundTripTime = Number(ref reader, RoundTripTime, name); break;
                case "seg_duration": SegDuration = Number(ref reader, SegDuration, name); break;
                case "upload_time": UploadTime = Number(ref reader, UploadTime, name); break;
                case "download_time": DownloadTime = Number(ref reader, DownloadTime, name); break;
                case "transcode_time": TranscodeTime = Number(ref reader, TranscodeTime, name); break;
                case "segments_sent": SegmentsSent = Integer(ref reader, SegmentsSent, name, "int"); break;
                case "segments_received": SegmentsReceived = Integer(ref reader, SegmentsReceived, name, "int"); break;
                case "timestamp": Timestamp = Integer(ref reader, Timestamp, name, "int64"); break;
                case "model": Model = Text(ref reader, Model, name); break;
                case "pipeline": Pipeline = Text(ref reader, Pipeline, name); break;
                case "model_is_warm": ModelIsWarm = Flag(ref reader, ModelIsWarm, name); break;
                case "input_parameters": InputParameters = Text(ref reader, InputParameters, name); break;
                case "response_payload": ResponsePayload = Text(ref reader, ResponsePayload, name); break;
                case "errors": ReadErrors(ref reader); break;
                default: reader.Skip(); break;
            }
        }
    }

    private void ReadErrors(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            Errors = null;
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Mismatch(ref reader, "Go struct field Stats.errors of type []models.Error");
            return;
        }

        Errors = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            string code = "", message = "";
            long count = 0;
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = GoJson.String(ref reader).ToLowerInvariant();
                    reader.Read();
                    switch (name)
                    {
                        case "error_code": code = Text(ref reader, code, "errors.error_code"); break;
                        case "message": message = Text(ref reader, message, "errors.message"); break;
                        case "count": count = Integer(ref reader, count, "errors.count", "int"); break;
                        default: reader.Skip(); break;
                    }
                }
            }
            else if (reader.TokenType != JsonTokenType.Null)
            {
                Mismatch(ref reader, "Go struct field Stats.errors of type models.Error");
            }

            Errors.Add(new ErrorCount(code, message.Length == 0 ? null : message, count));
        }
    }

    private string Text(ref Utf8JsonReader reader, string before, string field)
    {
        if (reader.TokenType == JsonTokenType.String) return GoJson.String(ref reader);
        return Other(ref reader, before, field, "string");
    }

    private double Number(ref Utf8JsonReader reader, double before, string field)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var value) && double.IsFinite(value)) return value;
        return Other(ref reader, before, field, "float64");
    }

    private long Integer(ref Utf8JsonReader reader, long before, string field, string type)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value)) return value;
        return Other(ref reader, before, field, type);
    }

    private bool Flag(ref Utf8JsonReader reader, bool before, string field)
    {
        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False) return reader.GetBoolean();
        return Other(ref reader, before, field, "bool");
    }

    private T Other<T>(ref Utf8JsonReader reader, T before, string field, string type)
    {
        if (reader.TokenType != JsonTokenType.Null) Mismatch(ref reader, $"Go struct field Stats.{field} of type {type}");
        return before;
    }

    private void Mismatch(ref Utf8JsonReader reader, string into)
    {
        _mismatch ??= $"json: cannot unmarshal {GoJson.Kind(ref reader)} into {into}";
        reader.Skip();
    }

    // Read as the beginning of something longer, cut-off JSON is faultless; anything else wrong is wrong there too.
    private static bool IsCutShort(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = MaximumDepth }));
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
