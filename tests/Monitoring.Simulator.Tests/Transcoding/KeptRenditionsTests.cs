using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator.Tests.Transcoding;

public sealed class KeptRenditionsTests
{
    private readonly CancellationToken _cancellation = Deadline.Token();

    [Fact]
    public void Every_segment_of_the_clip_is_recognised_by_its_bytes()
    {
        for (var number = 0; number < KeptRenditions.Segments; number++)
        {
            Assert.Equal(number, KeptRenditions.Instance.NumberOf(Repository.ClipSegment(number)));
        }
    }

    [Fact]
    public async Task The_fifteen_segments_and_sixty_renditions_are_whole_transport_streams_and_all_different()
    {
        var files = Enumerable.Range(0, KeptRenditions.Segments).Select(Repository.ClipSegment).ToList();
        foreach (var segment in files.ToArray())
        {
            var renditions = await KeptRenditions.Instance.TranscodeAsync(segment, 0, RawClient.FourProfiles, _cancellation);
            files.AddRange(renditions.Select(rendition => rendition.ToArray()));
        }

        Assert.Equal(75, files.Count);
        Assert.All(files, file => Assert.True(file.Length > 0 && file.Length % 188 == 0 && file.Where((_, at) => at % 188 == 0).All(b => b == 0x47)));
        Assert.Equal(75, files.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public async Task A_strange_segment_gets_the_renditions_of_its_number()
    {
        var strange = await File.ReadAllBytesAsync(Repository.Fixture("orchestrator-segment.ts"), _cancellation);

        var renditions = await KeptRenditions.Instance.TranscodeAsync(strange, 17, RawClient.FourProfiles, _cancellation);
        var ofTheClip = await KeptRenditions.Instance.TranscodeAsync(Repository.ClipSegment(2), 0, RawClient.FourProfiles, _cancellation);

        Assert.Null(KeptRenditions.Instance.NumberOf(strange));
        Assert.Equal(ofTheClip, renditions);
    }

    [Fact]
    public async Task A_strange_size_gets_the_nearest_rendition_that_nobody_else_got()
    {
        VideoProfile[] profiles = [new() { Width = 256, Height = 144 }, new() { Width = 426, Height = 240 }];

        var renditions = await KeptRenditions.Instance.TranscodeAsync(Repository.ClipSegment(0), 0, profiles, _cancellation);
        var all = await KeptRenditions.Instance.TranscodeAsync(Repository.ClipSegment(0), 0, RawClient.FourProfiles, _cancellation);

        Assert.Equal([all[1], all[0]], renditions);
    }
}
