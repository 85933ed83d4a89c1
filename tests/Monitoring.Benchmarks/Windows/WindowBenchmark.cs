using System.Diagnostics;
using Monitoring.Core;

namespace Monitoring.Benchmarks;

/// <summary>
/// What a result costs the core: the window with one more sample, without the one that is too old, and its scores. Beside it the least that
/// anything exact can do: a fold over an array of the same entries.
/// </summary>
internal static class WindowBenchmark
{
    private const double GoalNanoseconds = 2_000;
    private const int GoalSize = 48;

    public static async Task RunAsync(Bench bench)
    {
        foreach (var size in new[] { 8, GoalSize, 4096 })
        {
            var series = new WindowSeries(size);
            var sums = (Publish: series.Publish(), Total: series.Total(), Fold: series.Fold());
            if (sums.Publish != sums.Fold || sums.Total != sums.Fold) throw new BenchmarkException($"The contestants do not agree on the scores: {sums}.");
            await bench.CompareAsync(new Comparison
            {
                Name = Invariant($"window-{size}"),
                Title = Invariant($"a window of {size} samples: add one, expire one, score"),
                Metrics = [new Metric("time", "ns/operation", "0.0"), new Metric("allocated", "bytes/operation", "0")],
                Contestants =
                [
                    new Contestant("publish", () => Cores.RunAsync(Cores.Server, () => Round(series, series.Publish))),
                    new Contestant("total", () => Cores.RunAsync(Cores.Server, () => Round(series, series.Total))),
                    new Contestant("fold", () => Cores.RunAsync(Cores.Server, () => Round(series, series.Fold))),
                ],
                Goals = size == GoalSize ? [Goal.AtMost("publish", 0, GoalNanoseconds)] : [],
                Notes =
                [
                    "publish: Window.With, Trim and PublicationRule.Of (scores, interval, state); total: With, Trim, Total and ScoreFormula",
                    "fold: an array's sums and ScoreFormula, nothing added or expired",
                ],
            });
        }
    }

    // Passes over the series until half a second has gone, the clock read once a pass.
    private static double[] Round(WindowSeries series, Func<double> pass)
    {
        var atLeast = TimeSpan.FromMilliseconds(500);
        double sum = 0;
        var passes = 0;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        do
        {
            sum += pass();
            passes++;
        }
        while (Stopwatch.GetElapsedTime(start) < atLeast);
        var elapsed = Stopwatch.GetElapsedTime(start);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        GC.KeepAlive(sum);
        var operations = (double)passes * series.Operations;
        return [elapsed.TotalNanoseconds / operations, allocated / operations];
    }
}
