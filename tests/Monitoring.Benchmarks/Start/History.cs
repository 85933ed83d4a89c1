using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Benchmarks;

/// <summary>A data directory with some days of results, made once and kept for some hours in the folder of temporary files.</summary>
/// <param name="Days">How far back it goes.</param>
/// <param name="Orchestrators">How many are tested, from each region as often as the design says.</param>
/// <param name="DaysOfEvidence">Evidence of earlier days is left out: at start the monitor reads that of the newest three alone.</param>
internal sealed record History(int Days, int Orchestrators, int DaysOfEvidence)
{
    private const string Version = "2";
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(6);

    /// <summary>The network as it is.</summary>
    public static History Month { get; } = new(30, 100, 4);

    /// <summary>A network a hundred times as large.</summary>
    public static History Crowd { get; } = new(1, 10_000, 0);

    /// <summary>The directory; to be copied before use.</summary>
    public async Task<string> DirectoryAsync(CancellationToken stop)
    {
        var time = TimeProvider.System;
        var now = time.GetUtcNow();
        var path = Path.Combine(Path.GetTempPath(), Invariant($"monitoring-benchmark-history-{Version}-{Days}-{Orchestrators}"));
        var made = Path.Combine(path, "made");
        if (File.Exists(made) && now - File.GetLastWriteTimeUtc(made) < KeptFor) return path;
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);

        using (var state = StateDirectory.Open(path, time))
        {
            await using var store = await JournalResultStore.OpenAsync(state.Journal, time, null, stop);
            var stored = await StoredResults.AppendAsync(store, Results(now), DaysOfEvidence == 0 ? DateTimeOffset.MaxValue : now - TimeSpan.FromDays(DaysOfEvidence));
            await store.CloseDaysAsync(stop);
            Console.WriteLine($"  [history] {stored} results stored in {path}");
        }

        await File.WriteAllTextAsync(made, "", stop);
        return path;
    }

    private IEnumerable<TestResult> Results(DateTimeOffset now)
    {
        var rounds = Network.Policy.Schedule.TestsPerDay;
        var first = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-Days);
        for (var day = first; day <= DateOnly.FromDateTime(now.UtcDateTime); day = day.AddDays(1))
        {
            for (var test = 0; test < rounds * Orchestrators * Network.Regions.Length; test++)
            {
                var (n, region, round) = (test / Network.Regions.Length % Orchestrators, Network.Regions[test % Network.Regions.Length], test / Network.Regions.Length / Orchestrators);
                var at = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) + (TimeSpan.FromDays(1) / rounds * round) + TimeSpan.FromSeconds((test * 7919L) % 10_000);
                if (at >= now || at < now - TimeSpan.FromDays(Days)) continue;
                var entry = Network.Entry(n);
                var planned = new PlannedTest(TestId.Planned(day, round, region, entry.Id), entry.Id, region, at, Surprise: false);
                yield return Measured.Of(planned, entry.ServiceUri, complete: test % 50 == 49 ? 0 : test % 20 == 19 ? 12 : 15);
            }
        }
    }
}
