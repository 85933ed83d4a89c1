using System.Diagnostics;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator.Tests.Transcoding;

public sealed class FfmpegTranscoderTests : IDisposable
{
    private static readonly VideoProfile[] TwoProfiles =
    [
        new() { Name = "small", Width = 256, Height = 144, Bitrate = 100_000, Fps = 30 },
        new() { Name = "smaller", Width = 128, Height = 72, Bitrate = 50_000, Fps = 15 },
    ];

    private readonly CancellationToken _cancellation = Deadline.Token();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simulator-tests-");
    private readonly byte[] _segment = File.ReadAllBytes(Repository.Fixture("orchestrator-segment.ts"));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Ffmpeg_makes_every_rendition_in_the_size_and_rate_asked_for_and_leaves_nothing_behind()
    {
        await NeedFfmpegAsync();
        var transcoder = new FfmpegTranscoder(_folder.FullName, TimeProvider.System);

        var renditions = await transcoder.TranscodeAsync(_segment, 0, TwoProfiles, _cancellation);

        Assert.Empty(_folder.GetFileSystemInfos());
        Assert.Equal("h264,256,144,30/1,60", await ProbeAsync(renditions[0]));
        Assert.Equal("h264,128,72,15/1,30", await ProbeAsync(renditions[1]));
    }

    [Fact]
    public async Task A_fleet_can_transcode_with_ffmpeg()
    {
        await NeedFfmpegAsync();
        await using var fleet = await SimulatedFleet.StartAsync(
            OneNode.Of(Behaviour.Fast.AtOnce()) with { Transcoding = TranscodingMode.Ffmpeg }, _cancellation);
        using var client = new RawClient(fleet.Nodes[0]);
        var token = (await client.DiscoverAsync(_cancellation)).AuthToken;

        var result = await client.TranscodeAsync(RawClient.Credentials(token, 0, _segment, TwoProfiles), _segment, _cancellation);

        Assert.Equal("h264,256,144,30/1,60", await ProbeAsync(await client.GetBytesAsync(result.Data.Segments[0].Url, _cancellation)));
        Assert.Equal([60L * 256 * 144, 30L * 128 * 72], result.Data.Segments.Select(s => s.Pixels));
    }

    [Fact]
    public async Task What_is_no_video_is_an_error_result_and_leaves_nothing_behind()
    {
        await NeedFfmpegAsync();
        var transcoder = new FfmpegTranscoder(_folder.FullName, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<TranscodingException>(() => transcoder.TranscodeAsync(new byte[1000], 0, TwoProfiles, _cancellation));

        Assert.Equal("TranscoderInvalidVideo", failure.Message);
        Assert.Empty(_folder.GetFileSystemInfos());
    }

    [Fact]
    public async Task A_caller_who_gives_up_leaves_no_process_and_no_file_behind()
    {
        await NeedFfmpegAsync();
        var transcoder = new FfmpegTranscoder(_folder.FullName, TimeProvider.System);
        using var givenUp = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        using var started = new FileSystemWatcher(_folder.FullName, "0.ts") { IncludeSubdirectories = true, EnableRaisingEvents = true };
        started.Created += (_, _) => givenUp.Cancel(); // ffmpeg is at work as soon as its first output exists

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => transcoder.TranscodeAsync(Repository.ClipSegment(0), 0, RawClient.FourProfiles, givenUp.Token));

        Assert.False(_cancellation.IsCancellationRequested);
        Assert.Empty(_folder.GetFileSystemInfos());
    }

    [Fact]
    public async Task Every_kept_rendition_has_the_size_the_frames_and_the_first_timestamp_of_its_profile_and_segment()
    {
        await NeedFfmpegAsync();
        for (var number = 0; number < KeptRenditions.Segments; number += 7)
        {
            var segment = Repository.ClipSegment(number);
            Assert.Equal($"h264,1280,720,30/1,60 from {126_000 + (180_000 * number)}", await ProbeWithStartAsync(segment));
            var renditions = await KeptRenditions.Instance.TranscodeAsync(segment, 0, RawClient.FourProfiles, _cancellation);
            for (var i = 0; i < 4; i++)
            {
                var profile = KeptRenditions.Profiles[i];
                Assert.Equal($"h264,{profile.Width},{profile.Height},30/1,60 from {126_000 + (180_000 * number)}", await ProbeWithStartAsync(renditions[i]));
            }
        }
    }

    private async Task NeedFfmpegAsync()
    {
        if (!await FfmpegTranscoder.IsInstalledAsync(_cancellation)) Assert.Skip("ffmpeg is not on this machine's PATH, so its mode was not tested.");
    }

    private Task<string> ProbeAsync(ReadOnlyMemory<byte> rendition) => AskAsync(rendition, "stream=codec_name,width,height,r_frame_rate,nb_read_packets");

    private async Task<string> ProbeWithStartAsync(ReadOnlyMemory<byte> rendition) =>
        $"{await ProbeAsync(rendition)} from {await AskAsync(rendition, "stream=start_pts")}";

    /// <summary>What ffprobe says of the first video stream.</summary>
    private async Task<string> AskAsync(ReadOnlyMemory<byte> rendition, string entries)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, rendition, _cancellation);
            string[] arguments = ["-v", "error", "-select_streams", "v:0", "-count_packets", "-show_entries", entries, "-of", "csv=p=0", file];
            using var process = Process.Start(new ProcessStartInfo("ffprobe", arguments) { RedirectStandardOutput = true })!;
            var text = await process.StandardOutput.ReadToEndAsync(_cancellation);
            await process.WaitForExitAsync(_cancellation);
            return text.Split('\n')[0].Trim();
        }
        finally
        {
            File.Delete(file);
        }
    }
}
