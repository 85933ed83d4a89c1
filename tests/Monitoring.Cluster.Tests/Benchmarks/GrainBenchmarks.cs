using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Orchestrators;
using Monitoring.Cluster.Regions;
using Monitoring.Cluster.Registry;
using Monitoring.Cluster.Schedule;
using Monitoring.Core;
using Monitoring.Storage.Migrations;
using Monitoring.Storage.Postgres;
using Monitoring.Testing.Postgres;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Cluster.Tests.Benchmarks;

/// <summary>
/// Many orchestrators on one silo, scheduled and served but not probed: what they cost and how that grows. Explicit, because it takes minutes
/// and says nothing on a busy machine. Each size is a run of its own:
/// <c>Monitoring.Cluster.Tests -explicit only -method "*.GrainBenchmarks.Ten_thousand"</c>. The load, the database and the silo share the
/// machine. A run leaves <c>artifacts/benchmarks/grains-N.json</c>; a run of ten times as many shows the growth beside it.
/// </summary>
public sealed class GrainBenchmarks
{
    private const int SteadySeconds = 90;
    private const int RequestsPerSecond = 100;
    private static readonly RegionId[] Regions = [RegionId.Parse("FRA"), RegionId.Parse("MDW"), RegionId.Parse("SIN")];
    private static readonly HubRules Rules = new() { Policy = new Policy { Schedule = new SchedulePolicy { Regions = [.. Regions] } } };
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    // From half of the renditions to all.
    private static readonly TestResult[] Samples =
    [
        .. Enumerable.Range(30, 31).Select(received => ClusterUnderTest.Result(
            new TestJob
            {
                Id = TestId.Planned(new DateOnly(2026, 11, 20), 0, Regions[0], ClusterUnderTest.Orchestrator(1)), Orchestrator = ClusterUnderTest.Orchestrator(1), Region = Regions[0],
                ServiceUri = "https://192.0.2.1:8935", NotBefore = default, NotAfter = default, Deadline = default,
            },
            received)),
    ];

    [Fact(Explicit = true)]
    public Task A_thousand() => MeasureAsync(1_000);

    [Fact(Explicit = true)]
    public Task Ten_thousand() => MeasureAsync(10_000);

    [Fact(Explicit = true)]
    public Task A_hundred_thousand() => MeasureAsync(100_000);

    private static async Task MeasureAsync(int count)
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.StartAsync();
        var url = PostgresUrl.Parse(await server.CreateDatabaseAsync());
        await new Migrator(url, ClusterTables.Sources).MigrateAsync(null, CancellationToken.None);
        var numbers = new Dictionary<string, double>();
        var ids = Enumerable.Range(1, count).Select(ClusterUnderTest.Orchestrator).ToArray();
        using var process = Process.GetCurrentProcess();
        var hub = await BenchmarkHub.StartAsync(url, Rules);
        try
        {
            var seeding = Stopwatch.StartNew();
            var results = await SeedAsync(hub, ids);
            Say(string.Create(CultureInfo.InvariantCulture, $"{count} orchestrators; {results} results of 24 hours stored in {seeding.Elapsed.TotalSeconds:0.0} s"));

            var before = Heap();
            var processor = process.TotalProcessorTime;
            var watch = Stopwatch.StartNew();
            await WalkAsync(hub, ids);
            numbers["the walk returns, s"] = watch.Elapsed.TotalSeconds;
            await UntilAsync(() => hub.Board.Current.Rows.Length == count, "the whole board was shown");
            numbers["enrolled and on the board, s"] = watch.Elapsed.TotalSeconds;
            process.Refresh();
            numbers["enrolment: processor per grain, ms"] = (process.TotalProcessorTime - processor).TotalMilliseconds / count;
            numbers["memory per grain, kB"] = (Heap() - before) / 1024.0 / count;
            numbers["state of a grain in the database, kB"] = double.Parse(await server.QueryAsync("test1", "SELECT avg(length(payload)) / 1024.0 FROM grain_state WHERE state_name = 'orchestrator'"), CultureInfo.InvariantCulture);
            Say(string.Create(CultureInfo.InvariantCulture, $"enrolled in {watch.Elapsed.TotalSeconds:0.0} s"));

            await SteadyAsync(hub, ids, numbers);
        }
        finally
        {
            var stopping = Stopwatch.StartNew();
            await hub.DisposeAsync();
            numbers["stop, s"] = stopping.Elapsed.TotalSeconds;
        }

        var down = Heap();
        var restart = Stopwatch.StartNew();
        await using (var again = await BenchmarkHub.StartAsync(url, Rules))
        {
            numbers["restart: silo active, s"] = restart.Elapsed.TotalSeconds;
            using var http = new HttpClient { BaseAddress = again.Address, Timeout = Patience };
            await UntilAsync(() => again.Board.Current.Rows.Length == count, "the whole board was shown again");
            Assert.Contains(ids[^1].Text, await http.GetStringAsync($"/api/aggregated_stats?orchestrator={ids[^1].Text}", TestContext.Current.CancellationToken), StringComparison.OrdinalIgnoreCase);
            numbers["restart: whole board served, s"] = restart.Elapsed.TotalSeconds;
            numbers["restart: memory per grain, kB"] = (Heap() - down) / 1024.0 / count;
        }

        Report(count, numbers);
    }

    private static Task<int> WalkAsync(BenchmarkHub hub, OrchestratorId[] ids, int moved = -1) =>
        hub.Grains.GetGrain<IRegistryGrain>(0).Walk([.. ids.Select((id, i) => RegistryEntryWire.Of(i == moved ? Entry(id, i) with { ServiceUri = "https://192.0.2.1:8935" } : Entry(id, i)))]);

    // The day's plan of each, tested as planned.
    private static async Task<long> SeedAsync(BenchmarkHub hub, OrchestratorId[] ids)
    {
        var master = await hub.Grains.GetGrain<IScheduleGrain>(0).Master();
        var now = TimeProvider.System.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var seeds = new[] { today.AddDays(-1), today }.Select(day => (Day: day, Seed: DaySeed.From(DaySeed.SecretOf(master, day), DaySeed.DateAnchor(day)))).ToArray();
        var records = EnrolmentRule.From(ids.Select(Entry)).Records();
        var stored = 0L;
        await Parallel.ForEachAsync(ids.Chunk(200), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (some, stop) =>
        {
            var written = await Task.WhenAll(
                from id in some
                from day in seeds
                from test in DayPlan.For(day.Seed, day.Day, id, records[id].Share, Rules.Policy.Schedule)
                where test.At < now - TimeSpan.FromMinutes(2) && test.At > now - Rules.Policy.Window
                select hub.Results.AppendAsync(Measured(test), null, stop));
            Interlocked.Add(ref stored, written.Length);
        });
        return stored;
    }

    private static async Task SteadyAsync(BenchmarkHub hub, OrchestratorId[] ids, Dictionary<string, double> numbers)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var late = new ConcurrentBag<double>();
        var one = new ConcurrentBag<double>();
        var all = new ConcurrentBag<double>();
        var reports = new ConcurrentBag<Task>();
        using var process = Process.GetCurrentProcess();
        var processor = process.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        var regions = Regions.Select(region => LeaseAsync(hub, region, late, reports, stop.Token)).ToArray();
        var reads = ReadAsync(hub, ids, one, all, stop.Token);
        stop.CancelAfter(TimeSpan.FromSeconds(SteadySeconds));

        // In the midst of it somebody moves, which rewrites who is enrolled.
        await Task.Delay(TimeSpan.FromSeconds(SteadySeconds / 2.0), CancellationToken.None);
        var walking = Stopwatch.StartNew();
        await WalkAsync(hub, ids, moved: ids.Length / 2);
        numbers["a walk in which one moved, s"] = walking.Elapsed.TotalSeconds;
        await Task.WhenAll([.. regions, reads]);
        process.Refresh();
        numbers["processor time per second, s"] = (process.TotalProcessorTime - processor).TotalSeconds / watch.Elapsed.TotalSeconds;
        await Task.WhenAll(reports);
        numbers["tests leased"] = late.Count;
        numbers["reports taken"] = reports.Count(r => r.IsCompletedSuccessfully);
        numbers["schedule lateness p50, ms"] = Percentile(late, 0.5);
        numbers["schedule lateness p99, ms"] = Percentile(late, 0.99);
        numbers["schedule lateness max, ms"] = late.Max();
        numbers["API one orchestrator p50, ms"] = Percentile(one, 0.5);
        numbers["API one orchestrator p99, ms"] = Percentile(one, 0.99);
        numbers["API whole board p50, ms"] = Percentile(all, 0.5);
        numbers["API whole board p99, ms"] = Percentile(all, 0.99);
        numbers["working set, MB"] = process.WorkingSet64 / 1048576.0;
    }

    /// <summary>A region with more workers than work: what it leases late, it leases late because the hub was.</summary>
    private static async Task LeaseAsync(BenchmarkHub hub, RegionId region, ConcurrentBag<double> late, ConcurrentBag<Task> reports, CancellationToken stop)
    {
        var port = new GrainHub(hub.Grains);
        var first = true;
        while (!stop.IsCancellationRequested)
        {
            var jobs = await port.LeaseAsync(region, 1000, TimeSpan.FromSeconds(5), CancellationToken.None);
            var now = TimeProvider.System.GetUtcNow();
            foreach (var job in jobs)
            {
                // What had waited before anybody asked was not late by the hub's doing.
                if (!first) late.Add(Math.Max(0, (now - (job.NotBefore - Rules.LeaseAhead)).TotalMilliseconds));

                // Of all that had waited the last may come too late to begin, as a worker would see.
                reports.Add(now > job.NotAfter ? port.ReturnAsync(region, job.Id, OutcomeCode.NoWorker, CancellationToken.None) : ReportAsync(port, job, stop));
            }

            first = false;
        }
    }

    // A test of a few seconds, which began as planned: a report that cannot be true would be refused.
    private static async Task ReportAsync(GrainHub hub, TestJob job, CancellationToken stop)
    {
        var result = ClusterUnderTest.Result(job);
        try
        {
            var wait = result.Summary.StartedAt + result.Summary.Elapsed - TimeProvider.System.GetUtcNow();
            if (wait > TimeSpan.Zero) await Task.Delay(wait, stop);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        var answer = await hub.ReportAsync(result, CancellationToken.None);
        Assert.True(answer.Accepted, answer.Reason);
    }

    // An open loop: a request is due at its instant whether or not the one before it was answered, and its time counts from there.
    private static async Task ReadAsync(BenchmarkHub hub, OrchestratorId[] ids, ConcurrentBag<double> one, ConcurrentBag<double> all, CancellationToken stop)
    {
        using var http = new HttpClient { BaseAddress = hub.Address, Timeout = Patience };
        var inFlight = new List<Task>();
        var watch = Stopwatch.StartNew();
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / RequestsPerSecond);
            if (due > watch.Elapsed) await Task.Delay(due - watch.Elapsed, CancellationToken.None);
            var isAll = i % RequestsPerSecond == 0;
            var path = isAll ? "/api/aggregated_stats" : $"/api/aggregated_stats?orchestrator={ids[(int)((uint)(i * 2654435761L) % (uint)ids.Length)].Text}";
            inFlight.Add(AskAsync(path, due, isAll ? all : one));
            if (i % 1000 == 0) inFlight.RemoveAll(t => t.IsCompletedSuccessfully);
        }

        await Task.WhenAll(inFlight);

        async Task AskAsync(string path, TimeSpan due, ConcurrentBag<double> times)
        {
            using var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, CancellationToken.None);
            response.EnsureSuccessStatusCode();
            await response.Content.CopyToAsync(Stream.Null, CancellationToken.None);
            times.Add((watch.Elapsed - due).TotalMilliseconds);
        }
    }

    private static RegistryEntry Entry(OrchestratorId id, int i) => new(id, string.Create(CultureInfo.InvariantCulture, $"https://10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}:8935"), true);

    private static OutcomeRevision Measured(PlannedTest test)
    {
        var known = Samples[Math.Abs(test.Id.Text.GetHashCode(StringComparison.Ordinal)) % Samples.Length];
        return new OutcomeRevision
        {
            Test = test.Id, Revision = OutcomeRevision.Measured, Orchestrator = test.Orchestrator, Region = test.Region, TestTime = test.At, RecordedAt = test.At.AddMinutes(1),
            Outcome = known.Outcome, Summary = known.Summary with { StartedAt = test.At },
        };
    }

    private static long Heap()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static async Task UntilAsync(Func<bool> holds, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!holds())
        {
            if (watch.Elapsed > Patience) Assert.Fail($"It took over {Patience.TotalMinutes} minutes until {what}.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }

    private static void Report(int count, Dictionary<string, double> numbers)
    {
        var folder = Path.Combine(Livepeer.Tests.Fixture.Root, "artifacts", "benchmarks");
        Directory.CreateDirectory(folder);
        File.WriteAllText(FileOf(count), JsonSerializer.Serialize(numbers));
        var tenth = File.Exists(FileOf(count / 10)) ? JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(FileOf(count / 10))) : null;
        Say($"{count} orchestrators, {Environment.ProcessorCount} cores, {(System.Runtime.GCSettings.IsServerGC ? "server" : "workstation")} GC{(tenth is null ? "" : $"; beside it {count / 10} and the growth")}");
        foreach (var (name, value) in numbers)
        {
            var growth = tenth is not null && tenth.TryGetValue(name, out var small) ? string.Create(CultureInfo.InvariantCulture, $"{small,12:0.00}{value / small,9:0.0}x") : "";
            Say(string.Create(CultureInfo.InvariantCulture, $"{name,-36}{value,12:0.00}{growth}"));
        }

        string FileOf(int of) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"grains-{of}.json"));
    }

    private static void Say(string line) => Console.WriteLine(line);
}
