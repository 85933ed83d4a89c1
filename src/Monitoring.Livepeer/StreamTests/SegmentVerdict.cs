using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>Turns a transfer into the evidence of a segment: every rendition judged, the segment's state and reason.</summary>
internal static class SegmentVerdict
{
    /// <summary>Judges what came back of a segment.</summary>
    /// <param name="due">The segment as it was due: stream, number, ready and late times, bytes, duration.</param>
    /// <param name="transfer">What came of sending it.</param>
    /// <param name="source">The segment.</param>
    /// <param name="profiles">The renditions asked for.</param>
    /// <param name="judge">The test's judge.</param>
    public static SegmentEvidence Of(
        SegmentEvidence due, SegmentTransfer transfer, ClipSegment source, ImmutableArray<RenditionProfile> profiles, RenditionJudge judge)
    {
        var upload = transfer.Upload;
        if (upload.WasRefused) return due with { State = SegmentState.NotSent, Outcome = upload.Outcome, Bytes = 0 };
        var evidence = due with
        {
            Status = upload.Status,
            UploadMicros = Micros(upload.Upload),
            TranscodeMicros = Micros(upload.Transcode),
            DownloadMicros = Micros(transfer.Download),
            RoundTripMicros = Micros(transfer.RoundTrip),
            StockGatewayWouldGiveUp = (upload.Status == 0 && upload.Outcome.Code == OutcomeCode.UploadTimedOut)
                || upload.Upload > OrchestratorLimits.StockGatewayHeaders(source.Duration),
        };
        if (upload.Outcome.Code != OutcomeCode.Completed) return evidence with { State = SegmentState.Failed, Outcome = upload.Outcome };

        var renditions = profiles
            .Select((profile, i) => Judge(i < transfer.Downloads.Length ? transfer.Downloads[i] : null, due.Stream, source, profile, judge))
            .ToImmutableArray();
        if (transfer.Signature.Code != OutcomeCode.Completed)
        {
            // Nobody answers for them: what else is wrong with one stays what it is.
            renditions = [.. renditions.Select(rendition => rendition.Outcome.Code == OutcomeCode.Completed ? rendition with { Outcome = transfer.Signature } : rendition)];
        }

        var valid = renditions.Count(rendition => rendition.Outcome.Code == OutcomeCode.Completed);
        return evidence with
        {
            Renditions = renditions,
            State = valid == renditions.Length ? SegmentState.Complete : valid > 0 ? SegmentState.Partial : SegmentState.Failed,
            Outcome = renditions.Select(rendition => rendition.Outcome)
                .FirstOrDefault(outcome => outcome.Code != OutcomeCode.Completed, new Outcome(OutcomeCode.Completed)),
        };
    }

    private static RenditionEvidence Judge(
        DownloadAnswer? download, int stream, ClipSegment source, RenditionProfile profile, RenditionJudge judge) => download switch
    {
        null => Missing(profile, new Outcome(OutcomeCode.MissingRenditions, $"the result has no {profile.Name}"), 0),
        { Outcome.Code: OutcomeCode.Completed } got => judge.Judge(stream, source, profile, got.Bytes) with { DownloadMicros = Micros(got.Elapsed) },
        { } failed => Missing(profile, failed.Outcome, Micros(failed.Elapsed)),
    };

    private static RenditionEvidence Missing(RenditionProfile profile, Outcome outcome, long micros) =>
        new(profile.Name, outcome, 0, micros, 0, 0, 0, "");

    private static long Micros(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
