using System.Diagnostics;
using Monitoring.Core;
using Monitoring.Probing;

namespace Monitoring.Benchmarks;

/// <summary>
/// What a lease costs and how long it takes: twenty regions wait in long polls, signed, and jobs come due by plan. Beside it plain POSTs to the same
/// server, as many and by as many clients: what remains is signature, hub and seal.
/// </summary>
internal static class LeaseBenchmark
{
    private static readonly TimeSpan RoundLength = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LeaseAhead = new Standalone.Hub.HubOptions { Policy = LeaseServer.Policy }.LeaseAhead;

    public static async Task RunAsync(Bench bench)
    {
        var directory = Directory.CreateTempSubdirectory("monitoring-lease-");
        try
        {
            using var server = await Child.StartAsync(TimeSpan.FromMinutes(3), bench.Stop, "lease-server", directory.FullName);
            var address = new Uri(Invariant($"http://127.0.0.1:{server.Port}"));
            var keys = LeaseServer.Regions.Select(r => RegionKey.Load(Path.Combine(directory.FullName, r.Code + ".key"))).ToList();
            var regions = keys.Select(k => new HttpsHub(address, k, new SocketsHttpHandler(), TimeProvider.System)).ToList();
            using var http = new HttpClient { BaseAddress = address };
            try
            {
                // What is due by now goes first, so that from here on regions wait for jobs and not jobs for regions.
                await LeaseAsync(regions, TimeSpan.FromSeconds(5), bench.Stop);
                await bench.CompareAsync(new Comparison
                {
                    Name = "lease",
                    Title = "leases of 20 waiting regions over HTTP, signed, 23 jobs a second, against plain POSTs to the same server",
                    Metrics =
                    [
                        new Metric("processor time of the server per 1,000", "ms"), new Metric("p99 from due to leased", "ms"), new Metric("median from due to leased", "ms"), new Metric("leases or posts", "", "0"),
                    ],
                    Contestants =
                    [
                        new Contestant("leases", async () => Numbers(await MeasureAsync(server, () => LeaseAsync(regions, RoundLength, bench.Stop)))),
                        new Contestant("posts", async () => Numbers(await MeasureAsync(server, () => PostAsync(http, bench.Stop)))),
                    ],
                    Notes =
                    [
                        Invariant($"a job is due {LeaseAhead.TotalSeconds:0} s before its planned instant; one that a region had to be asked twice for is not counted in the latency"),
                        "the processor time of leases holds all that the hub does meanwhile: planning, missed tests, snapshots",
                        "the clients are not tied to a core of their own",
                    ],
                });
            }
            finally
            {
                foreach (var region in regions) region.Dispose();
                foreach (var key in keys) key.Dispose();
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<(double[] Latencies, int Count, TimeSpan Processor)> MeasureAsync(Child server, Func<Task<(double[] Latencies, int Count)>> work)
    {
        var before = server.ProcessorTime;
        var (latencies, count) = await work();
        return (latencies, count, server.ProcessorTime - before);
    }

    private static double[] Numbers((double[] Latencies, int Count, TimeSpan Processor) round)
    {
        if (round.Count == 0 || round.Latencies.Length == 0) throw new BenchmarkException("Nothing was leased in a round.");
        var sorted = round.Latencies.Order().ToArray();
        return [round.Processor.TotalMilliseconds * 1000 / round.Count, sorted[(int)(sorted.Length * 0.99)], sorted[sorted.Length / 2], round.Count];
    }

    private static async Task<(double[] Latencies, int Count)> LeaseAsync(List<HttpsHub> regions, TimeSpan length, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(length);
        var all = await Task.WhenAll(regions.Select((region, i) => LeaseAsync(region, LeaseServer.Regions[i], over.Token)));
        return ([.. all.SelectMany(a => a.Latencies)], all.Sum(a => a.Count));
    }

    private static async Task<(List<double> Latencies, int Count)> LeaseAsync(HttpsHub region, RegionId id, CancellationToken over)
    {
        var (latencies, count) = (new List<double>(), 0);
        try
        {
            while (true)
            {
                var asked = DateTimeOffset.UtcNow;
                var jobs = await region.LeaseAsync(id, 16, TimeSpan.FromSeconds(20), over);
                var now = DateTimeOffset.UtcNow;
                count += jobs.Length;
                latencies.AddRange(jobs.Where(j => j.NotBefore - LeaseAhead > asked).Select(j => (now - (j.NotBefore - LeaseAhead)).TotalMilliseconds));
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return (latencies, count);
        }
    }

    private static async Task<(double[] Latencies, int Count)> PostAsync(HttpClient http, CancellationToken stop)
    {
        var latencies = new List<double>();
        var body = new byte[40];
        for (var i = 0; i < 350; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var content = new ByteArrayContent(body);
            using var answer = await http.PostAsync(LeaseServer.Constant, content, stop);
            latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return ([.. latencies], latencies.Count);
    }
}
