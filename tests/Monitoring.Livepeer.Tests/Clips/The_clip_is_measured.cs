using System.Security.Cryptography;

namespace Monitoring.Livepeer.Tests;

public sealed class The_clip_is_measured
{
    [Fact]
    public void It_has_15_segments_of_2_s_in_1280x720()
    {
        var clip = Clip.Embedded;
        Assert.Equal("clip1", clip.Name);
        Assert.Equal(15, clip.Segments.Length);
        Assert.Equal(TimeSpan.FromSeconds(30), clip.Duration);
        Assert.All(clip.Segments, segment => Assert.Equal(new VideoTrack(1280, 720, TimeSpan.FromSeconds(2), 60), segment.Video));
        Assert.Equal(Enumerable.Range(0, 15), clip.Segments.Select(segment => segment.Seq));
        Assert.All(clip.Segments, segment => Assert.Equal(SHA256.HashData(segment.Bytes.Span), segment.Sha256));
    }

    [Fact]
    public void A_shorter_test_takes_the_first_segments()
    {
        Assert.Equal(Clip.Embedded.Segments[..2], Clip.Embedded.Take(2).Segments);
        Assert.Throws<ArgumentOutOfRangeException>(() => Clip.Embedded.Take(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Clip.Embedded.Take(16));
    }

    [Fact]
    public void A_broken_or_doubled_segment_is_named()
    {
        var good = Clip.Embedded.Segments[0].Bytes;
        var broken = Assert.Throws<InvalidDataException>(() => Clip.FromSegments("mine", [good, "no video"u8.ToArray()]));
        Assert.Contains("Segment 1 of clip mine", broken.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => Clip.FromSegments("mine", [good, good]));
        Assert.Throws<InvalidDataException>(() => Clip.FromSegments("mine", []));
    }
}
