using System.Globalization;
using Google.Protobuf;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator;

/// <summary>From the accepted upload to the bytes of the result: waits for the session's turn, transcodes, and misbehaves as it should.</summary>
internal sealed class SegmentTranscoding(NodeRun run)
{
    /// <summary>Field 2 with a length far beyond the end: no decoder can take it for a message.</summary>
    private static readonly byte[] GarbageBytes = [0x12, 0xff, 0xff, 0xff, 0x7f, 0xde, 0xad];

    public async Task<ReadOnlyMemory<byte>> RunAsync(
        SegmentCredentials credentials, OrchestratorInfo info, ReadOnlyMemory<byte> upload, CancellationToken cancellation)
    {
        var result = new TranscodeResult { Seq = credentials.Segment.Seq, Info = info };
        if (run.Sessions.Open(credentials.Segment.AuthToken.SessionId) is not { } session)
        {
            result.Error = "OrchestratorCapped";
            return result.ToByteArray();
        }

        if (!session.TryEnter())
        {
            result.Error = "OrchestratorBusy";
            return result.ToByteArray();
        }

        try
        {
            await session.TakeTurnAsync(cancellation);
            try
            {
                return await TranscodeAsync(session, credentials, result, upload, cancellation);
            }
            finally
            {
                session.EndTurn();
            }
        }
        finally
        {
            session.Touch(run.Fleet.Clock.GetUtcNow());
            session.Leave();
        }
    }

    private async Task<ReadOnlyMemory<byte>> TranscodeAsync(
        TranscodingSession session, SegmentCredentials credentials, TranscodeResult result, ReadOnlyMemory<byte> upload, CancellationToken cancellation)
    {
        var behaviour = run.Behaviour;
        var fault = behaviour.FaultStrikes(session.Segments++) ? behaviour.Fault : SegmentFault.None;
        var pace = Task.Delay(behaviour.TranscodingTime, run.Fleet.Clock, cancellation);
        try
        {
            if (fault == SegmentFault.ErrorResult) throw new TranscodingException(behaviour.ResultError);
            var renditions = await RenditionsAsync(fault, session, credentials, upload, cancellation);
            await pace;
            if (fault == SegmentFault.Garbage) return GarbageBytes;
            await DeliverAsync(fault, session, credentials, renditions, result, cancellation);
        }
        catch (TranscodingException e)
        {
            await pace;
            run.Settlement.Debit(credentials.Payment, session.Id, 0);
            result.Error = e.Message;
        }

        return result.ToByteArray();
    }

    private async Task<ImmutableArray<ReadOnlyMemory<byte>>> RenditionsAsync(
        SegmentFault fault, TranscodingSession session, SegmentCredentials credentials, ReadOnlyMemory<byte> upload, CancellationToken cancellation)
    {
        var asked = credentials.Profiles;
        if (fault == SegmentFault.EchoUpload) return [.. asked.Select(_ => upload)];
        if (fault == SegmentFault.Empty) return [.. asked.Select(_ => ReadOnlyMemory<byte>.Empty)];
        if (fault == SegmentFault.WrongSize) asked = [.. asked.Select(InOtherSize)];

        var renditions = await run.Fleet.Transcoder.TranscodeAsync(upload, credentials.Segment.Seq, asked, cancellation);
        if (session.FirstRenditions.IsEmpty) session.FirstRenditions = renditions;
        return fault switch
        {
            SegmentFault.SameRendition => [.. renditions.Select(_ => renditions[0])],
            SegmentFault.Stale when session.FirstRenditions.Length == renditions.Length => session.FirstRenditions,
            _ => renditions,
        };
    }

    private async ValueTask DeliverAsync(
        SegmentFault fault, TranscodingSession session, SegmentCredentials credentials, ImmutableArray<ReadOnlyMemory<byte>> renditions, TranscodeResult result,
        CancellationToken cancellation)
    {
        result.Data = new TranscodeData { Sig = await run.Settlement.SignResultAsync(renditions, wrongly: fault == SegmentFault.WrongSignature, cancellation) };
        var delivered = fault == SegmentFault.Missing ? renditions.Length / 2 : renditions.Length;
        long pixels = 0;
        for (var i = 0; i < delivered; i++)
        {
            var profile = credentials.Profiles[i];
            var name = SegmentCredentials.NameOf(profile);
            var extension = profile.Format == VideoProfile.Types.Format.Mp4 ? "mp4" : "ts";
            var file = string.Create(CultureInfo.InvariantCulture, $"{credentials.Segment.Seq}.{extension}");
            if (fault != SegmentFault.Gone) session.Memory.Save(name, file, renditions[i]);
            var segment = new TranscodedSegmentData
            {
                Url = $"{run.ServiceUri}/stream/{session.Id}/{name}/{file}",
                Pixels = credentials.PixelsOf(profile) * (fault == SegmentFault.InflatedPixels ? 10 : 1),
            };
            pixels += segment.Pixels;
            result.Data.Segments.Add(segment);
        }

        run.Settlement.Debit(credentials.Payment, session.Id, pixels);
    }

    /// <summary>The same wish in the size of the next kept profile, the smallest after the largest.</summary>
    private static VideoProfile InOtherSize(VideoProfile profile)
    {
        var sizes = KeptRenditions.Profiles;
        var own = sizes.IndexOf(sizes.FirstOrDefault(s => s.Width == profile.Width && s.Height == profile.Height));
        var other = profile.Clone();
        (_, other.Width, other.Height) = sizes[(own + 1) % sizes.Length];
        return other;
    }
}
