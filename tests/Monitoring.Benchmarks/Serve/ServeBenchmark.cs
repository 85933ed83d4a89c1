using System.Diagnostics;

namespace Monitoring.Benchmarks;

/// <summary>
/// How fast the plain read of <c>aggregated_stats</c> is: requests a second, beside those of an endpoint of the same server that returns a
/// constant body of the same length. The rest, Kestrel and the loopback, is the same for both.
/// </summary>
internal static class ServeBenchmark
{
    public const string Board = "/api/aggregated_stats";
    private const int Connections = 8;
    private const double LeastRatio = 0.9;

    public static async Task RunAsync(Bench bench)
    {
        await RunAsync(bench, orchestrators: 100, requests: 30_000, changes: false);
        await RunAsync(bench, orchestrators: 10_000, requests: 800, changes: false);
        await RunAsync(bench, orchestrators: 10_000, requests: 800, changes: true);
    }

    private static async Task RunAsync(Bench bench, int orchestrators, int requests, bool changes)
    {
        using var server = await Child.StartAsync(TimeSpan.FromMinutes(1), bench.Stop, "serve-server", Invariant($"{orchestrators}"), $"{changes}");
        var length = await Cores.RunAsync(Cores.Client, () => LengthOf(server.Port, Board));
        var constant = await Cores.RunAsync(Cores.Client, () => LengthOf(server.Port, ServeServer.Constant));
        if (constant != length) throw new BenchmarkException($"The constant body has {constant} bytes and the board {length}.");
        await bench.CompareAsync(new Comparison
        {
            Name = Invariant($"serve-{orchestrators}{(changes ? "-changing" : "")}"),
            Title = Invariant($"aggregated_stats with {orchestrators} orchestrators x {Network.Regions.Length} regions ({length} bytes)")
                + (changes ? ", a new snapshot every 200 ms," : "") + " against a constant body of that length",
            Metrics = [new Metric("requests", "1/s", "0"), new Metric("processor time of the server", "us/request")],
            Contestants =
            [
                new Contestant("board", () => Cores.RunAsync(Cores.Client, () => Round(server, Board, requests, length))),
                new Contestant("constant", () => Cores.RunAsync(Cores.Client, () => Round(server, ServeServer.Constant, requests, length))),
            ],
            Goals = changes ? [] : [Goal.RatioAtLeast("board", "constant", LeastRatio)],
            Notes = [Invariant($"{requests} requests a round over {Connections} connections that stay open; a request waits on each")],
        });
    }

    private static int LengthOf(int port, string path)
    {
        using var client = new KeepAliveClient(port);
        client.Send(KeepAliveClient.Get(path));
        return client.Read();
    }

    private static double[] Round(Child server, string path, int requests, int length)
    {
        var request = KeepAliveClient.Get(path);
        var clients = Enumerable.Range(0, Connections).Select(_ => new KeepAliveClient(server.Port)).ToArray();
        try
        {
            var processor = server.ProcessorTime;
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < requests + Connections; i++)
            {
                var client = clients[i % Connections];
                if (i >= Connections && client.Read() != length) throw new BenchmarkException($"{path} changed its length.");
                if (i < requests) client.Send(request);
            }

            var elapsed = Stopwatch.GetElapsedTime(start);
            return [requests / elapsed.TotalSeconds, (server.ProcessorTime - processor).TotalMicroseconds / requests];
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }
    }
}
