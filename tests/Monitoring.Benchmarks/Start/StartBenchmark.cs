using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Monitoring.Storage;
using Monitoring.Storage.Migrations;
using Monitoring.Storage.Postgres;
using Monitoring.Storage.Transfer;
using Monitoring.Testing;
using Monitoring.Testing.Postgres;

namespace Monitoring.Benchmarks;

/// <summary>
/// From the start of <c>monitor run</c> to the last byte of its first answer, with a history in the journal and in PostgreSQL; beside them the
/// same with an empty directory. Each start has a fresh copy of the directory, whose files the system still has in memory.
/// </summary>
internal static class StartBenchmark
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(Bench bench)
    {
        await RunAsync(bench, "start", History.Month);
        await RunAsync(bench, "start-crowd", History.Crowd);
    }

    private static async Task RunAsync(Bench bench, string name, History of)
    {
        var history = await of.DirectoryAsync(bench.Stop);
        var files = new DirectoryInfo(history).EnumerateFiles("*", SearchOption.AllDirectories).ToList();
        var work = Directory.CreateTempSubdirectory("monitoring-benchmark-");
        await using var server = PostgresServer.Missing is null ? await PostgresServer.StartAsync(isDurable: true) : null;
        try
        {
            var database = server is null ? null : await FillAsync(server, history, bench.Stop);
            var configuration = Path.Combine(work.FullName, "monitor.json");
            await File.WriteAllTextAsync(configuration, Configuration(of), bench.Stop);
            List<Contestant> contestants = [new("journal", () => StartAsync(work.FullName, configuration, history, null, of.Orchestrators))];
            if (database is not null) contestants.Add(new("postgres", () => StartAsync(work.FullName, configuration, null, database, of.Orchestrators)));
            contestants.Add(new("empty", () => StartAsync(work.FullName, configuration, null, null, 0)));
            await bench.CompareAsync(new Comparison
            {
                Name = name,
                Title = Invariant($"from process start to the first answer, with {of.Days} days of history for {of.Orchestrators} orchestrators against none"),
                Metrics = [new Metric("first answer", "ms", "0"), new Metric("processor time until then", "ms", "0")],
                Contestants = [.. contestants],
                Notes =
                [
                    Invariant($"the history is {files.Sum(f => f.Length) >> 20} MiB in {files.Count} files, with evidence of {of.DaysOfEvidence} days; the monitor runs on one core, PostgreSQL on any"),
                    PostgresServer.Missing ?? "the state of the directory is not there with PostgreSQL: the set is read anew, the windows come from the database",
                ],
            });
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static async Task<string> FillAsync(PostgresServer server, string history, CancellationToken stop)
    {
        var address = await server.CreateDatabaseAsync();
        var url = PostgresUrl.Parse(address);
        await new Migrator(url, MigrationSource.Results).MigrateAsync(null, stop);
        await using var to = await PostgresResultStore.OpenAsync(url, new PostgresRetention(), TimeProvider.System, null, stop);
        await using var from = await JournalResultStore.OpenAsync(Path.Combine(history, "journal"), TimeProvider.System, null, stop);
        var start = Stopwatch.GetTimestamp();
        var totals = await StoreTransfer.CopyAsync(from.Days, to, to.Days, null, stop);
        Console.WriteLine(Invariant($"  [history] {totals.Written} results carried into PostgreSQL in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s"));
        await to.KeepDaysAsync(stop);
        return address;
    }

    private static string Configuration(History of) => JsonSerializer.Serialize(new
    {
        Source = new { Kind = "list", Orchestrators = Enumerable.Range(0, of.Orchestrators).Select(Network.Entry).Select(e => $"{e.Id}={e.ServiceUri}") },
        Region = new { Id = Network.Regions[0].Code },
        Log = new { Level = "Warning" },
    });

    private static async Task<double[]> StartAsync(string work, string configuration, string? history, string? database, int orchestrators)
    {
        var data = Path.Combine(work, "data");
        if (history is not null) Copy(history, data);
        var port = FreePort.Find();
        var start = Stopwatch.GetTimestamp();
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "monitor.dll"), "run", "--config", configuration, "--data", data, "--urls", Invariant($"http://127.0.0.1:{port}")];
        if (database is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(work, "database"), database);
            arguments = [.. arguments, "--set", "Store:UrlFile=" + Path.Combine(work, "database")];
        }

        var monitor = await Child.LaunchAsync(arguments, keepErrors: true);
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

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
            foreach (var file in Directory.EnumerateFiles(folder)) File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }
}
