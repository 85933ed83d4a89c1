using System.Diagnostics;
using Monitoring.Core;

namespace Monitoring.Probing;

/// <summary>Puts what became of each segment on the span of its test, as an event at the instant at which it was decided.</summary>
internal static class SegmentEvents
{
    /// <summary>Adds the events, those of the first segments where there are more than <see cref="TestTrace.MostEvents"/>. Codes and times, no stranger's words.</summary>
    public static void Add(Activity? span, TestResult result)
    {
        if (span is not { IsAllDataRequested: true }) return;
        var segments = result.Evidence.Segments;
        foreach (var segment in segments.Take(TestTrace.MostEvents))
        {
            var ended = result.Summary.StartedAt.AddMicroseconds(segment.ReadyMicros + segment.LateMicros + segment.RoundTripMicros);
            span.AddEvent(new ActivityEvent("segment", ended, new ActivityTagsCollection
            {
                { "segment.stream", segment.Stream },
                { "segment.seq", segment.Seq },
                { TelemetryTags.State, segment.State.ToString() },
                { TelemetryTags.Code, segment.Outcome.Code.ToString() },
                { "segment.round_trip", segment.RoundTripMicros / 1e6 },
            }));
        }

        if (segments.Length > TestTrace.MostEvents) span.SetTag("segment.events.left_out", segments.Length - TestTrace.MostEvents);
    }
}
