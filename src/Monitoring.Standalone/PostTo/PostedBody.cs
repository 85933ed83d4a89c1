using System.Text.Json;
using System.Text.Json.Serialization;
using Monitoring.Core;

namespace Monitoring.Standalone.PostTo;

/// <summary>
/// A result in the words of the existing leaderboard server's <c>post_stats</c> (leaderboard reference, A.7 and A.8), as its testers post it.
/// The same result always gives the same bytes.
/// </summary>
/// <param name="Json">The body: exactly what is signed and sent.</param>
internal sealed record PostedBody(string Json)
{
    /// <summary>The body of a measured result, or null where there is nothing to post: not measured here, or not counted.</summary>
    public static PostedBody? Of(OutcomeRevision result)
    {
        if (result.Revision != OutcomeRevision.Measured || !result.Outcome.Counts || result.Summary is not { Posted: null } summary) return null;
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("region", result.Region.Code);
            json.WriteString("orchestrator", result.Orchestrator.Text);
            WriteNumber(json, "success_rate", summary.Averages.SuccessRate);
            WriteNumber(json, "seg_duration", summary.Averages.SegDuration);
            WriteNumber(json, "round_trip_time", summary.Averages.RoundTripTime);
            json.WriteNumber("segments_sent", summary.SegmentsSent);
            json.WriteNumber("segments_received", summary.SegmentsReceived);
            WriteNumber(json, "upload_time", summary.UploadTime);
            WriteNumber(json, "download_time", summary.DownloadTime);
            WriteNumber(json, "transcode_time", summary.TranscodeTime);
            json.WriteStartArray("errors");
            foreach (var error in summary.Errors)
            {
                json.WriteStartObject();
                json.WriteString("error_code", error.ErrorCode);
                json.WriteNumber("count", error.Count);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNumber("timestamp", result.TestTime.ToUnixTimeSeconds());
            json.WriteEndObject();
        }

        return new PostedBody(System.Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
    }

    // JSON knows neither NaN nor infinity; an average of nothing is 0 to the old server.
    private static void WriteNumber(Utf8JsonWriter json, string name, double value) => json.WriteNumber(name, double.IsFinite(value) ? value : 0);
}

/// <summary>How bodies are spooled.</summary>
[JsonSerializable(typeof(PostedBody))]
internal sealed partial class PostedBodyJson : JsonSerializerContext;
