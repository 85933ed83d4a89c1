using System.Globalization;
using Monitoring.Core;

namespace Monitoring.Standalone.Commands.Probe;

/// <summary>Tells a person what one test saw.</summary>
internal static class ProbeReport
{
    private static readonly string[] Header = ["stream", "segment", "state", "upload", "transcode", "download", "round trip", "sent", "received", "renditions", "what was wrong"];

    /// <summary>Writes the table of segments, the outcome, the scores and what a stock gateway would have made of it.</summary>
    public static void Write(TestResult result, TextWriter to)
    {
        WriteFound(result, to);
        if (result.Evidence.Segments.All(s => s.State == SegmentState.NotSent)) to.WriteLine("No segment was sent.");
        else WriteTable([Header, .. result.Evidence.Segments.Select(Row)], to);
        to.WriteLine();
        to.WriteLine($"Outcome: {Sentence(result)}");
        WriteScores(result, to);
        if (Gateway(result.Evidence.Segments) is { Length: > 0 } gateway) to.WriteLine(gateway);
    }

    /// <summary>One line on a segment, for whoever watches.</summary>
    public static string Line(SegmentEvidence segment) => segment.State switch
    {
        SegmentState.Dropped or SegmentState.NotSent => Invariant($"segment {segment.Seq}: {Word(segment.State)}: {segment.Outcome}"),
        SegmentState.Complete => Invariant($"segment {segment.Seq}: complete in {Time(segment.RoundTripMicros)}, {Count(segment)} renditions"),
        _ => Invariant($"segment {segment.Seq}: {Word(segment.State)}, {Count(segment)} renditions: {segment.Outcome}"),
    };

    /// <summary>The outcome in one sentence.</summary>
    public static string Sentence(TestResult result)
    {
        var summary = result.Summary;
        var counts = Invariant($"{summary.Sums.Received} of {summary.Sums.Expected} renditions came back and were valid");
        var (what, detail) = (result.Outcome.Code, result.Outcome.Detail.Length == 0 ? "" : $" ({result.Outcome.Detail})");
        return result.Outcome.Class switch
        {
            OutcomeClass.Success when what == OutcomeCode.Completed => $"success: all {counts[(counts.IndexOf("of ", StringComparison.Ordinal) + 3)..]}.",
            OutcomeClass.Success => $"partial success: {(result.Outcome.Detail.Length > 0 ? result.Outcome.Detail : counts)}.",
            OutcomeClass.Fault => $"the orchestrator failed: {what}{detail}; {counts}.",
            OutcomeClass.Excluded => $"not counted: {what}{detail}. That is neither a failure nor a success.",
            OutcomeClass.Void => $"this test says nothing of the orchestrator, the fault is ours: {what}{detail}.",
            _ => $"the test was not run: {what}{detail}.",
        };
    }

    /// <summary>What a stock gateway would have done with these segments; empty when none was sent.</summary>
    public static string Gateway(ImmutableArray<SegmentEvidence> segments)
    {
        var sent = segments.Where(s => s.State is not (SegmentState.NotSent or SegmentState.Dropped)).ToList();
        if (sent.Count == 0) return "";
        var late = sent.Count(s => s.StockGatewayWouldGiveUp);
        var first = sent.Find(s => s.StockGatewayWouldGiveUp || s.State == SegmentState.Failed);
        if (first is null) return "A stock gateway would have kept this orchestrator for the whole stream.";
        return Invariant($"A stock gateway would have left this orchestrator for another one at segment {first.Seq}: ") + (first.StockGatewayWouldGiveUp
            ? Invariant($"it waits 2 s for the response headers ({late} of {sent.Count} segments took longer).")
            : $"the segment failed ({first.Outcome.Code}).");
    }

    private static void WriteFound(TestResult result, TextWriter to)
    {
        var evidence = result.Evidence;
        to.WriteLine($"Orchestrator: {result.Orchestrator} at {result.Summary.ServiceUri}");
        if (evidence.DialledAddress.Length > 0) to.WriteLine(Invariant($"Dialled:      {evidence.DialledAddress}, discovery in {Time(evidence.DiscoveryMicros)}"));
        if (evidence.Transcoder.Length > 0) to.WriteLine($"Transcoder:   {evidence.Transcoder}");
        if (result.Summary.Version.Length > 0) to.WriteLine($"Version:      {result.Summary.Version}");
        if (evidence.Price.Length > 0) to.WriteLine($"Price:        {evidence.Price} wei per pixel");
        to.WriteLine();
    }

    private static void WriteScores(TestResult result, TextWriter to)
    {
        if (!result.Outcome.Counts) return;
        var scores = ScoreFormula.Of(result.Summary.Sums);
        to.WriteLine(Invariant($"Score: {scores.Total:0.000} = success rate {scores.SuccessRate:0.000} x latency score {scores.RoundTripScore:0.000} (above 0.632 is faster than real time); {result.Summary.RealTimeSegments} of {result.Summary.SourceSegments} segments in real time."));
    }

    private static string[] Row(SegmentEvidence segment) =>
    [
        Invariant($"{segment.Stream}"),
        Invariant($"{segment.Seq}"),
        Word(segment.State),
        Time(segment.UploadMicros),
        Time(segment.TranscodeMicros),
        Time(segment.DownloadMicros),
        Time(segment.RoundTripMicros),
        Size(segment.Bytes),
        Size(segment.Renditions.Sum(r => (long)r.Bytes)),
        Count(segment),
        Wrong(segment),
    ];

    private static string Wrong(SegmentEvidence segment)
    {
        if (segment.Outcome.Code == OutcomeCode.Completed) return segment.StockGatewayWouldGiveUp ? "headers too late for a stock gateway" : "";
        var renditions = segment.Renditions.Where(r => r.Outcome.Code != OutcomeCode.Completed && r.Outcome.Code != segment.Outcome.Code).Select(r => $"{r.Profile}: {r.Outcome}");
        return string.Join("; ", [segment.Outcome.ToString(), .. renditions]);
    }

    private static void WriteTable(IReadOnlyList<string[]> rows, TextWriter to)
    {
        var widths = Enumerable.Range(0, Header.Length).Select(column => rows.Max(r => r[column].Length)).ToArray();
        foreach (var row in rows) to.WriteLine(string.Join("  ", row.Select((cell, column) => column is 2 or 10 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
    }

    private static string Count(SegmentEvidence segment) =>
        Invariant($"{segment.Renditions.Count(r => r.Outcome.Code == OutcomeCode.Completed)}/{segment.Renditions.Length}");

    private static string Word(SegmentState state) => state switch
    {
        SegmentState.Complete => "complete",
        SegmentState.Partial => "partial",
        SegmentState.Failed => "failed",
        SegmentState.Dropped => "dropped",
        _ => "not sent",
    };

    private static string Time(long micros) => micros == 0 ? "-" : Invariant($"{micros / 1e6:0.000} s");

    private static string Size(long bytes) => bytes == 0 ? "-" : Invariant($"{bytes / 1000.0:0.0} kB");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
