namespace Monitoring.Livepeer;

/// <summary>The video of one MPEG transport stream, as far as a segment is judged by it.</summary>
/// <param name="Width">Picture width after cropping, pixels, 1 to 16,384.</param>
/// <param name="Height">Picture height after cropping, pixels, 1 to 16,384.</param>
/// <param name="Duration">Last presentation time less the first, plus one average step between pictures.</param>
/// <param name="Frames">Coded pictures (slices that begin a picture), at least 1.</param>
public readonly record struct VideoTrack(int Width, int Height, TimeSpan Duration, int Frames);

/// <summary>A video track, or the reason why the bytes hold none.</summary>
/// <param name="Track">The track; null when there is none.</param>
/// <param name="Reason">Our own words on what is missing or broken, and where; empty when there is a track.</param>
public readonly record struct VideoReading(VideoTrack? Track, string Reason);
