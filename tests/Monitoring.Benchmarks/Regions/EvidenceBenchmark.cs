using System.Diagnostics;
using Monitoring.Core;

namespace Monitoring.Benchmarks;

/// <summary>What one more piece of evidence costs the anomaly rule, which looks back on every test and every liveness check of a region's last minutes.</summary>
internal static class EvidenceBenchmark
{
    private const int Few = 1_000;
    private const int Many = 100_000;

    public static async Task RunAsync(Bench bench)
    {
        foreach (var kind in new[] { EvidenceKind.Test, EvidenceKind.Check })
        {
            var (many, few) = (new EvidenceSeries(kind, Many), new EvidenceSeries(kind, Few));
            await bench.CompareAsync(new Comparison
            {
                Name = $"evidence-{kind.ToString().ToLowerInvariant()}",
                Title = kind == EvidenceKind.Test ? "a test of 24 a day from each of three regions ended" : "a liveness check of one every five minutes from each of three regions was told",
                Metrics = [new Metric("time", "us/piece", "0.0"), new Metric("allocated", "bytes/piece", "0")],
                Contestants =
                [
                    new Contestant(Name(Many), () => Cores.RunAsync(Cores.Server, () => Round(many))),
                    new Contestant(Name(Few), () => Cores.RunAsync(Cores.Server, () => Round(few))),
                ],
                Notes = ["of a hundred orchestrators five fail, and four of these in every region"],
            });
        }
    }

    private static string Name(int orchestrators) => Invariant($"{orchestrators:N0} orchestrators");

    private static double[] Round(EvidenceSeries series)
    {
        var atLeast = TimeSpan.FromMilliseconds(500);
        var pieces = 0;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        do
        {
            series.Next();
            pieces++;
        }
        while (Stopwatch.GetElapsedTime(start) < atLeast);
        var elapsed = Stopwatch.GetElapsedTime(start);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return [elapsed.TotalMicroseconds / pieces, (double)allocated / pieces];
    }
}
