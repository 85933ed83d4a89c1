using System.Text.Json;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>One row of <c>raw_stats</c> in the old shape (leaderboard reference A.7): six fields always, the others only when they are not zero.</summary>
internal static class RawRow
{
    public static void Write(Utf8JsonWriter json, OutcomeRevision result)
    {
        var summary = result.Summary ?? throw new ArgumentException("A row needs a measured result.", nameof(result));
        var posted = summary.Posted;
        json.WriteStartObject();
        json.WriteString("region", result.Region.Code);
        json.WriteString("orchestrator", result.Orchestrator.Text);
        json.WriteFinite("success_rate"u8, summary.Averages.SuccessRate);
        json.WriteFinite("round_trip_time"u8, posted?.RoundTripTime ?? summary.Averages.RoundTripTime);
        WriteErrors(json, summary);
        json.WriteNumber("timestamp", posted?.Timestamp ?? result.TestTime.ToUnixTimeSeconds());
        WriteUnlessZero(json, "seg_duration"u8, summary.Averages.SegDuration);
        WriteUnlessZero(json, "segments_sent"u8, summary.SegmentsSent);
        WriteUnlessZero(json, "segments_received"u8, summary.SegmentsReceived);
        WriteUnlessZero(json, "upload_time"u8, summary.UploadTime);
        WriteUnlessZero(json, "download_time"u8, summary.DownloadTime);
        WriteUnlessZero(json, "transcode_time"u8, summary.TranscodeTime);
        if (posted is not null)
        {
            WriteUnlessEmpty(json, "model"u8, posted.Model);
            if (posted.ModelIsWarm) json.WriteBoolean("model_is_warm", true);
            WriteUnlessEmpty(json, "pipeline"u8, posted.Pipeline);
            WriteUnlessEmpty(json, "input_parameters"u8, posted.InputParameters);
            WriteUnlessEmpty(json, "response_payload"u8, posted.ResponsePayload);
        }

        json.WriteEndObject();
    }

    private static void WriteErrors(Utf8JsonWriter json, TestSummary summary)
    {
        if (summary.Posted is { ErrorsNull: true })
        {
            json.WriteNull("errors");
            return;
        }

        json.WriteStartArray("errors");
        foreach (var error in summary.Errors)
        {
            json.WriteStartObject();
            json.WriteString("error_code", error.ErrorCode);
            WriteUnlessEmpty(json, "message"u8, error.Message ?? "");
            json.WriteNumber("count", error.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteUnlessZero(Utf8JsonWriter json, ReadOnlySpan<byte> name, double value)
    {
        if (value != 0) json.WriteFinite(name, value);
    }

    private static void WriteUnlessZero(Utf8JsonWriter json, ReadOnlySpan<byte> name, int value)
    {
        if (value != 0) json.WriteNumber(name, value);
    }

    private static void WriteUnlessEmpty(Utf8JsonWriter json, ReadOnlySpan<byte> name, string value)
    {
        if (value.Length > 0) json.WriteString(name, value);
    }
}
