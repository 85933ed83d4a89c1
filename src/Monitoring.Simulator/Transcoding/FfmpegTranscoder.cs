using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator;

/// <summary>
/// Transcodes with the machine's ffmpeg: one process per segment, as many at a time as there are processors, in a folder of its own that is
/// gone afterwards. The process is killed when its caller gives up or the time limit passes.
/// </summary>
internal sealed class FfmpegTranscoder(string workFolder, TimeProvider clock) : ITranscoder
{
    private const string Program = "ffmpeg";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // The machine's processors are what is scarce, so all fleets of a process share the places.
    private static readonly SemaphoreSlim Places = new(Environment.ProcessorCount);

    /// <summary>Whether there is an ffmpeg to run.</summary>
    public static async Task<bool> IsInstalledAsync(CancellationToken cancellation)
    {
        try
        {
            return await RunAsync(["-hide_banner", "-version"], cancellation) == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    public async Task<ImmutableArray<ReadOnlyMemory<byte>>> TranscodeAsync(
        ReadOnlyMemory<byte> segment, long seq, IReadOnlyList<VideoProfile> profiles, CancellationToken cancellation)
    {
        if (profiles.Count == 0) return [];
        await Places.WaitAsync(cancellation);
        var folder = new DirectoryInfo(Path.Combine(workFolder, "simulated-orchestrator-" + Guid.NewGuid().ToString("n")));
        using var limit = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            folder.Create();
            var source = Path.Combine(folder.FullName, "source.ts");
            await File.WriteAllBytesAsync(source, segment, either.Token);
            var outputs = profiles.Select((_, i) => Path.Combine(folder.FullName, string.Create(CultureInfo.InvariantCulture, $"{i}.ts"))).ToArray();
            if (await RunAsync(Arguments(source, profiles, outputs), either.Token) != 0) throw new TranscodingException("TranscoderInvalidVideo");
            var renditions = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
            foreach (var output in outputs) renditions.Add(await File.ReadAllBytesAsync(output, either.Token));
            return renditions.ToImmutable();
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TranscodingException("Remote transcoder took too long");
        }
        finally
        {
            Places.Release();
            folder.Refresh();
            if (folder.Exists) folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<string> Arguments(string source, IReadOnlyList<VideoProfile> profiles, string[] outputs)
    {
        // The whitelist keeps an uploaded playlist from making this machine fetch something.
        foreach (var word in "-hide_banner -loglevel error -nostdin -protocol_whitelist file -copyts -i".Split(' ')) yield return word;
        yield return source;
        for (var i = 0; i < profiles.Count; i++)
        {
            var profile = profiles[i];
            var rate = profile.Fps == 0 ? "" : $",fps={Number(profile.Fps)}/{Number(Math.Max(1, profile.FpsDen))}";
            var bitrate = Number(profile.Bitrate > 0 ? profile.Bitrate : 500_000);
            var words = $"-map 0:v:0 -map 0:a:0? -vf scale={Number(profile.Width)}:{Number(profile.Height)}{rate},format=yuv420p -c:v libx264 "
                + $"-preset ultrafast -bf 0 -b:v {bitrate} -maxrate {bitrate} -bufsize {bitrate} -c:a copy -muxdelay 0 -f mpegts";
            foreach (var word in words.Split(' ')) yield return word;
            yield return outputs[i];
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Runs ffmpeg to its end and returns its exit code; it never outlives the call.</summary>
    private static async Task<int> RunAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false },
        };
        process.Start();
        try
        {
            // Both pipes are drained, or a talkative process would block.
            await Task.WhenAll(
                process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, cancellation),
                process.StandardError.BaseStream.CopyToAsync(Stream.Null, cancellation),
                process.WaitForExitAsync(cancellation));
            return process.ExitCode;
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }
    }
}
