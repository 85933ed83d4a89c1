using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Monitoring.Benchmarks;

/// <summary>
/// From a region's report to the score that everybody sees: on the board in the hub's memory, and in the plain read of
/// <c>aggregated_stats</c> that begins at that moment. The hubs have a full journal of 24 hours and go on testing as planned all the while.
/// </summary>
internal static class VisibleBenchmark
{
    private const int Many = 10_000;
    private const int Few = 100;
    private const int SamplesOfRound = 30;
    private const double GoalMilliseconds = 1_000;

    public static async Task RunAsync(Bench bench)
    {
        var directory = Directory.CreateTempSubdirectory("monitoring-benchmark-");
        try
        {
            var patience = TimeSpan.FromMinutes(15);
            using var few = await Child.StartAsync(patience, bench.Stop, "visible-server", Invariant($"{Few}"), directory.CreateSubdirectory("few").FullName);
            using var many = await Child.StartAsync(patience, bench.Stop, "visible-server", Invariant($"{Many}"), directory.CreateSubdirectory("many").FullName);

            // A cell is measured once; of a few orchestrators there are not many cells.
            var samples = Math.Min(SamplesOfRound, Few * Network.Regions.Length / (bench.Rounds + 1));
            var ofMany = new Sampler(many.Port, samples);
            var ofFew = new Sampler(few.Port, samples);
            await bench.CompareAsync(new Comparison
            {
                Name = "visible",
                Title = Invariant($"from a result's report to its score, {samples} results a round, with {Many} orchestrators against {Few}"),
                Metrics =
                [
                    new Metric("durable, median", "ms", "0.0"), new Metric("durable, p99", "ms", "0.0"),
                    new Metric("on the board, median", "ms", "0.0"), new Metric("on the board, p99", "ms", "0.0"),
                    new Metric("in aggregated_stats, median", "ms", "0.0"), new Metric("in aggregated_stats, p99", "ms", "0.0"),
                    new Metric("collector's pauses, sum", "ms", "0.0"), new Metric("collector's pauses, p99 of a result", "ms", "0.0"),
                ],
                Contestants =
                [
                    new Contestant(Invariant($"{Many} orchestrators"), () => Cores.RunAsync(Cores.Client, ofMany.Round)),
                    new Contestant(Invariant($"{Few} orchestrators"), () => Cores.RunAsync(Cores.Client, ofFew.Round)),
                ],
                Goals = [new Goal(_ => ofMany.Judge(Many)), new Goal(_ => ofFew.Judge(Few))],
                Notes =
                [
                    Invariant($"p99 of a round is its largest of {samples}; the goals look at all rounds together"),
                    "the hub publishes at most every 200 ms; reports fall evenly on that period",
                    "in aggregated_stats: from the report to the last byte of a plain read that begins when the board shows the score",
                    "the pauses are of the garbage collector, from the answer of one result to that of the next",
                ],
                Samples = () => new Dictionary<string, IReadOnlyList<double[]>> { [Invariant($"{Many} orchestrators")] = ofMany.All, [Invariant($"{Few} orchestrators")] = ofFew.All },
            });
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Reports results to one hub, one after the other.</summary>
    private sealed class Sampler(int port, int samples)
    {
        private static readonly TimeSpan SnapshotEvery = TimeSpan.FromMilliseconds(200);
        private const double GoldenSection = 0.618;
        private readonly List<double[]> _all = [];
        private int _rounds;
        private double _paused;

        /// <summary>Every sample of the rounds that count: durable, board, aggregated_stats, collector's pauses since the sample before; milliseconds.</summary>
        public IReadOnlyList<double[]> All => _all;

        public double[] Round()
        {
            using var client = new KeepAliveClient(port);
            var measured = Enumerable.Range(0, samples).Select(i => Measure(client, i)).ToList();
            if (_rounds++ > 0) _all.AddRange(measured);
            return
            [
                .. Enumerable.Range(0, 3).SelectMany(m => new[] { Of(measured, m).Median, Of(measured, m).Percentile(0.99) }),
                measured.Sum(sample => sample[3]), Of(measured, 3).Percentile(0.99),
            ];
        }

        public (bool Met, string Text) Judge(int orchestrators)
        {
            var served = Of(_all, 2);
            var p99 = served.Percentile(0.99);
            var text = Invariant($"of {_all.Count} results, with {orchestrators} orchestrators, p99 in aggregated_stats is {p99:0} ms")
                + Invariant($" (median {served.Median:0}, largest {served.Maximum:0}), at most {GoalMilliseconds} is wanted");
            return (p99 <= GoalMilliseconds, text);
        }

        private static Distribution Of(List<double[]> all, int metric) => new([.. all.Select(sample => sample[metric])]);

        private double[] Measure(KeepAliveClient client, int i)
        {
            // Otherwise every report would come right after a snapshot.
            Thread.Sleep(SnapshotEvery * (i * GoldenSection % 1));
            var body = new List<byte>();
            var start = Stopwatch.GetTimestamp();
            client.Send(KeepAliveClient.Get(VisibleServer.Sample));
            client.Read(body);
            var answer = Encoding.ASCII.GetString(CollectionsMarshal.AsSpan(body)).Split(' ');
            body.Clear();
            client.Send(KeepAliveClient.Get(ServeBenchmark.Board));
            client.Read(body);
            var served = Stopwatch.GetElapsedTime(start);
            if (IsPerfect(CollectionsMarshal.AsSpan(body), answer[0], answer[1])) throw new BenchmarkException("A score that is on the board is not in aggregated_stats.");
            var numbers = answer.Skip(2).Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
            var paused = numbers[2] - _paused;
            _paused = numbers[2];
            return [numbers[0], numbers[1], served.TotalMilliseconds, paused];
        }

        // The success rate was 1 before; what was reported is less than perfect.
        private static bool IsPerfect(ReadOnlySpan<byte> board, string orchestrator, string region)
        {
            ReadOnlySpan<byte> rest = board;
            foreach (var word in new[] { $"\"{orchestrator}\"", $"\"{region}\"", "\"success_rate\":" })
            {
                var at = rest.IndexOf(Encoding.ASCII.GetBytes(word));
                if (at < 0) throw new BenchmarkException($"{orchestrator} in {region} is not in aggregated_stats.");
                rest = rest[(at + word.Length)..];
            }

            return rest[0] == (byte)'1';
        }
    }
}
