using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Monitoring.Benchmarks;

/// <summary>
/// From the start of <c>monitor run</c> to the last byte of its first answer, with 30 days of history for 100 orchestrators; beside it the
/// same with an empty directory. Each start has a fresh copy of the directory, whose files the system still has in memory.
/// </summary>
internal static class StartBenchmark
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(Bench bench)
    {
        var history = await History.DirectoryAsync(bench.Stop);
        var files = new DirectoryInfo(history).EnumerateFiles("*", SearchOption.AllDirectories).ToList();
        var work = Directory.CreateTempSubdirectory("monitoring-benchmark-");
        try
        {
            var configuration = Path.Combine(work.FullName, "monitor.json");
            await File.WriteAllTextAsync(configuration, Configuration(), bench.Stop);
            await bench.CompareAsync(new Comparison
            {
                Name = "start",
                Title = Invariant($"from process start to the first answer, with {History.Days} days of history for {History.Orchestrators} orchestrators against none"),
                Metrics = [new Metric("first answer", "ms", "0"), new Metric("processor time until then", "ms", "0")],
                Contestants =
                [
                    new Contestant(Invariant($"{History.Days} days"), () => StartAsync(work.FullName, configuration, history, History.Orchestrators)),
                    new Contestant("empty", () => StartAsync(work.FullName, configuration, null, 0)),
                ],
                Notes = [Invariant($"the history is {files.Sum(f => f.Length) >> 20} MiB in {files.Count} files; the monitor runs on one core")],
            });
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static string Configuration() => JsonSerializer.Serialize(new
    {
        Source = new { Kind = "list", Orchestrators = Enumerable.Range(0, History.Orchestrators).Select(Network.Entry).Select(e => $"{e.Id}={e.ServiceUri}") },
        Region = new { Id = Network.Regions[0].Code },
        Log = new { Level = "Warning" },
    });

    private static async Task<double[]> StartAsync(string work, string configuration, string? history, int orchestrators)
    {
        var data = Path.Combine(work, "data");
        if (history is not null) Copy(history, data);
        var port = FreePort();
        var start = Stopwatch.GetTimestamp();
        var monitor = await Child.LaunchAsync(
            [Path.Combine(AppContext.BaseDirectory, "monitor.dll"), "run", "--config", configuration, "--data", data, "--urls", Invariant($"http://127.0.0.1:{port}")], keepErrors: true);
        try
        {
            var said = new StringBuilder();
            monitor.ErrorDataReceived += (_, line) => said.AppendLine(line.Data);
            monitor.BeginErrorReadLine();
            var (body, answered) = await Cores.RunAsync(Cores.Client, () => FirstAnswer(monitor, port, start));
            if (body is null) throw new BenchmarkException($"The monitor did not answer: {said}");
            var processor = monitor.TotalProcessorTime;
            using var board = JsonDocument.Parse(body);
            var shown = board.RootElement.EnumerateObject().Count();
            if (shown != orchestrators) throw new BenchmarkException($"The first answer shows {shown} orchestrators and not {orchestrators}.");
            return [answered.TotalMilliseconds, processor.TotalMilliseconds];
        }
        finally
        {
            Child.End(monitor);
            Directory.Delete(data, recursive: true);
        }
    }

    private static (byte[]? Body, TimeSpan Answered) FirstAnswer(Process monitor, int port, long start)
    {
        while (Stopwatch.GetElapsedTime(start) < Patience && !monitor.HasExited)
        {
            try
            {
                using var client = new KeepAliveClient(port);
                var body = new List<byte>();
                client.Send(KeepAliveClient.Get(ServeBenchmark.Board));
                client.Read(body);
                return ([.. body], Stopwatch.GetElapsedTime(start));
            }
            catch (SocketException)
            {
                // It does not listen yet.
                Thread.Sleep(1);
            }
        }

        return (null, default);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
            foreach (var file in Directory.EnumerateFiles(folder)) File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }
}
