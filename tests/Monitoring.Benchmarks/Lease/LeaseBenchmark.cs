using System.Diagnostics;
using Monitoring.Core;
using Monitoring.Probing;

namespace Monitoring.Benchmarks;

/// <summary>
/// What a lease costs and how long it takes: twenty regions wait in long polls, signed, and jobs come due by plan, as many in each round. Before
/// each such round comes one in which the same hub works by the same plan and nobody asks it; beside it plain POSTs to the same server, as many:
/// what remains is signature, hub and seal.
/// </summary>
internal static class LeaseBenchmark
{
    private const int Jobs = LeaseServer.Orchestrators;
    private const string Unasked = "hub unasked";
    private const string Leases = "leases";
    private const string Posts = "posts";

    // From before the first job of a slot is due until after its last; what is left of the slot is for the posts.
    private static readonly SchedulePolicy Schedule = LeaseServer.Policy.Schedule;
    private static readonly TimeSpan Lead = LeaseServer.LeaseAhead * 2;
    private static readonly TimeSpan Length = Schedule.SlotLength - Schedule.Guard + Lead;

    public static async Task RunAsync(Bench bench)
    {
        var ends = DateTimeOffset.UtcNow + (Schedule.SlotLength * 2 * (bench.Rounds + 2));
        if (DateOnly.FromDateTime((ends + LeaseServer.Policy.QueueAhead).UtcDateTime) > DateOnly.FromDateTime(DateTime.UtcNow))
        {
            throw new BenchmarkException("Towards midnight (UTC) the hub draws the plans of the next day, which is not what is measured here: wait until it is over.");
        }

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
                var hub = new Round([], TimeSpan.Zero, Length);
                var latencies = new List<double[]>();
                await bench.CompareAsync(new Comparison
                {
                    Name = "lease",
                    Title = Invariant($"{Jobs} leases of {regions.Count} waiting regions over HTTP, signed, against as many plain POSTs to the same server"),
                    Metrics =
                    [
                        new Metric("processor time per 1,000", "ms"), new Metric("beyond the hub unasked, per 1,000", "ms"),
                        new Metric("p99 from due to leased", "ms"), new Metric("median from due to leased", "ms"), new Metric("tests, leases, posts", "", "0"),
                    ],
                    Contestants =
                    [
                        new Contestant(Unasked, async () =>
                        {
                            hub = await OfSlotAsync(server, _ => Task.FromResult<double[]>([]), bench.Stop);
                            return [hub.Processor.TotalMilliseconds * 1000 / Jobs, 0, 0, 0, Jobs];
                        }),
                        new Contestant(Leases, async () =>
                        {
                            var leases = await OfSlotAsync(server, until => LeaseAsync(regions, until, bench.Stop), bench.Stop);
                            if (leases.Latencies.Length != Jobs) throw new BenchmarkException(Invariant($"{leases.Latencies.Length} jobs were leased in a round, and not {Jobs}."));
                            latencies.AddRange(leases.Latencies.Select(ms => new[] { ms }));
                            return leases.Numbers(hub);
                        }),
                        new Contestant(Posts, async () => (await MeasureAsync(server, () => PostAsync(http, bench.Stop))).Numbers(hub)),
                    ],
                    Notes =
                    [
                        Invariant($"each round of {Length.TotalSeconds:0} s holds every job of a slot once; a job is due {LeaseServer.LeaseAhead.TotalMilliseconds:0} ms before its planned instant; where its region asks later, the time counts from there"),
                        "the hub unasked queues as many tests, misses them and stores that; with the leases it stores that nobody reported",
                        "posts come one after the other; the clients are not tied to a core of their own",
                    ],
                    Samples = () => new Dictionary<string, IReadOnlyList<double[]>> { [Unasked] = [], [Leases] = latencies, [Posts] = [] },
                });
                var all = new Distribution([.. latencies.Select(sample => sample[0])]);
                Console.WriteLine(Invariant($"all {all.Values.Length} leases, warm-up included: median {all.Median:0.00} ms, p99 {all.Percentile(0.99):0.00} ms, largest {all.Maximum:0.00} ms"));
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

    /// <summary>Measures the server during the next slot of the plan.</summary>
    private static async Task<Round> OfSlotAsync(Child server, Func<DateTimeOffset, Task<double[]>> work, CancellationToken stop)
    {
        var now = DateTimeOffset.UtcNow;
        var slots = (now + Lead - now.Date).Ticks / Schedule.SlotLength.Ticks;
        var begins = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero) + (Schedule.SlotLength * (slots + 1)) - Lead;
        await Task.Delay(begins - now, stop);
        return await MeasureAsync(server, async () =>
        {
            var latencies = await work(begins + Length);
            var left = begins + Length - DateTimeOffset.UtcNow;
            if (left > TimeSpan.Zero) await Task.Delay(left, stop);
            return latencies;
        });
    }

    private static async Task<Round> MeasureAsync(Child server, Func<Task<double[]>> work)
    {
        var start = Stopwatch.GetTimestamp();
        var before = server.ProcessorTime;
        var latencies = await work();
        return new Round(latencies, server.ProcessorTime - before, Stopwatch.GetElapsedTime(start));
    }

    private static async Task<double[]> LeaseAsync(List<HttpsHub> regions, DateTimeOffset until, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(until - DateTimeOffset.UtcNow);
        var all = await Task.WhenAll(regions.Select((region, i) => LeaseAsync(region, LeaseServer.Regions[i], over.Token)));
        return [.. all.SelectMany(latencies => latencies)];
    }

    private static async Task<List<double>> LeaseAsync(HttpsHub region, RegionId id, CancellationToken over)
    {
        var latencies = new List<double>();
        try
        {
            while (true)
            {
                var asked = DateTimeOffset.UtcNow;
                var jobs = await region.LeaseAsync(id, 16, TimeSpan.FromSeconds(20), over);
                var now = DateTimeOffset.UtcNow;
                foreach (var job in jobs)
                {
                    var due = job.NotBefore - LeaseServer.LeaseAhead;
                    latencies.Add((now - (due > asked ? due : asked)).TotalMilliseconds);
                }
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return latencies;
        }
    }

    private static async Task<double[]> PostAsync(HttpClient http, CancellationToken stop)
    {
        var latencies = new double[Jobs];
        var body = new byte[40];
        for (var i = 0; i < Jobs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var content = new ByteArrayContent(body);
            using var answer = await http.PostAsync(LeaseServer.Constant, content, stop);
            latencies[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return latencies;
    }

    /// <summary>What was measured of one round.</summary>
    /// <param name="Latencies">Of each lease or post, milliseconds.</param>
    /// <param name="Processor">What the server used meanwhile.</param>
    /// <param name="Took">How long it was.</param>
    private sealed record Round(double[] Latencies, TimeSpan Processor, TimeSpan Took)
    {
        public double[] Numbers(Round unasked)
        {
            var all = new Distribution([.. Latencies]);
            var beyond = Processor - (unasked.Processor * (Took / unasked.Took));
            return [Processor.TotalMilliseconds * 1000 / Jobs, beyond.TotalMilliseconds * 1000 / Jobs, all.Percentile(0.99), all.Median, Jobs];
        }
    }
}
