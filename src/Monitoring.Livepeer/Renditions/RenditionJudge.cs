using System.Security.Cryptography;
using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>
/// Decides whether a rendition counts (design section 4, step 5): MPEG-TS with a video stream of the size asked for, of the source's
/// duration, and unlike the sources, its siblings and everything an earlier segment brought. One judge sees all streams of one test.
/// </summary>
/// <remarks>
/// Two streams of a test send the same clip, and an encoder may well be deterministic: the same profile of the same segment may come back
/// equal in another stream. Every other repetition is a copy.
/// </remarks>
public sealed class RenditionJudge
{
    /// <summary>The largest difference of duration between source and rendition.</summary>
    public static readonly TimeSpan DurationTolerance = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _sources;
    private readonly Dictionary<string, Origin> _seen = new(StringComparer.Ordinal);

    /// <summary>Begins a test with a clip, none of whose segments may come back.</summary>
    public RenditionJudge(Clip clip)
    {
        ArgumentNullException.ThrowIfNull(clip);
        _sources = [.. clip.Segments.Select(segment => Convert.ToHexStringLower(segment.Sha256.AsSpan()))];
    }

    private readonly record struct Origin(int Stream, int Seq, string Profile);

    /// <summary>Judges one rendition and remembers it.</summary>
    /// <param name="stream">Stream of the test, from 0.</param>
    /// <param name="source">The segment that was sent.</param>
    /// <param name="profile">The profile asked for.</param>
    /// <param name="bytes">What came back.</param>
    /// <returns>The evidence, with outcome Completed when it counts; download time is not known here and stays 0.</returns>
    public RenditionEvidence Judge(int stream, ClipSegment source, RenditionProfile profile, ReadOnlyMemory<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(profile);
        if (bytes.IsEmpty)
        {
            return new RenditionEvidence(
                profile.Name, new Outcome(OutcomeCode.NotVideo, $"{profile.Name} of segment {source.Seq} has no bytes"), 0, 0, 0, 0, 0, "");
        }

        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        var copyOf = Remember(sha256, new Origin(stream, source.Seq, profile.Name));
        var reading = TransportStreamReader.Measure(bytes.Span);
        var video = reading.Track;
        var outcome = copyOf is not null ? new Outcome(OutcomeCode.Repeated, $"{profile.Name} of segment {source.Seq} equals {copyOf}")
            : video is null ? new Outcome(OutcomeCode.NotVideo, Outcome.Clean($"{profile.Name} of segment {source.Seq}: {reading.Reason}"))
            : OfVideo(source, profile, video.Value);
        return new RenditionEvidence(
            profile.Name, outcome, bytes.Length, 0, video?.Width ?? 0, video?.Height ?? 0, Micros(video?.Duration ?? TimeSpan.Zero), sha256);
    }

    private static Outcome OfVideo(ClipSegment source, RenditionProfile profile, VideoTrack video)
    {
        if (video.Width != profile.Width || video.Height != profile.Height)
        {
            return new Outcome(
                OutcomeCode.WrongSize,
                $"{profile.Name} of segment {source.Seq} is {video.Width}x{video.Height}, not {profile.Width}x{profile.Height}");
        }

        if ((video.Duration - source.Duration).Duration() > DurationTolerance)
        {
            return new Outcome(
                OutcomeCode.WrongDuration,
                $"{profile.Name} of segment {source.Seq} lasts {Micros(video.Duration) / 1000} ms, its source {Micros(source.Duration) / 1000} ms");
        }

        return new Outcome(OutcomeCode.Completed);
    }

    /// <returns>What the bytes are a copy of; null when they are new.</returns>
    private string? Remember(string sha256, Origin origin)
    {
        if (_sources.Contains(sha256)) return "a source segment";
        lock (_lock)
        {
            if (_seen.TryAdd(sha256, origin)) return null;
            var first = _seen[sha256];
            var sameWorkInAnotherStream = first.Stream != origin.Stream && first.Seq == origin.Seq && first.Profile == origin.Profile;
            return sameWorkInAnotherStream ? null : $"{first.Profile} of segment {first.Seq}";
        }
    }

    private static long Micros(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
