namespace Monitoring.Livepeer;

/// <summary>One rendition that a test asks for (protocol reference, 2.2): H.264 in MPEG-TS.</summary>
/// <param name="Name">Unique and never empty: the signature covers its id, and rendition URLs carry it. Letters, digits, <c>_</c> and <c>-</c>.</param>
/// <param name="Width">Picture width, pixels.</param>
/// <param name="Height">Picture height, pixels.</param>
/// <param name="Bitrate">Video bit rate asked for, bits per second.</param>
/// <param name="Fps">Frames per second; 0 would keep the source's rate, so it is always stated.</param>
public sealed record RenditionProfile(string Name, int Width, int Height, int Bitrate, int Fps)
{
    /// <summary>The four renditions of every stream test, smallest first; presets of the protocol (vector <c>profile-presets</c>).</summary>
    public static ImmutableArray<RenditionProfile> StreamTest { get; } =
    [
        new("P240p30fps16x9", 426, 240, 600_000, 30),
        new("P360p30fps16x9", 640, 360, 1_200_000, 30),
        new("P576p30fps16x9", 1024, 576, 1_500_000, 30),
        new("P720p30fps16x9", 1280, 720, 4_000_000, 30),
    ];

    /// <summary>The wire form, for <c>fullProfiles</c>.</summary>
    internal Wire.VideoProfile ToWire() => new() { Name = Name, Width = Width, Height = Height, Bitrate = Bitrate, Fps = (uint)Fps };
}
