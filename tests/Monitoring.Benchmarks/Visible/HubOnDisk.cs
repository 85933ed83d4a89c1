using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Monitoring.Standalone.Hub;
using Monitoring.Storage;

namespace Monitoring.Benchmarks;

/// <summary>
/// A hub on a journal of its own that has every result of the last 24 hours but the newest of each cell: those are to be reported.
/// </summary>
internal sealed class HubOnDisk : IAsyncDisposable
{
    private static readonly TimeProvider Time = TimeProvider.System;
    private readonly KeyedLog _memory;

    private HubOnDisk(KeyedLog memory, IResultStore store, ScheduleBook schedule, MonitorHub hub, Board board) =>
        (_memory, Store, Schedule, Hub, Board) = (memory, store, schedule, hub, board);

    public IResultStore Store { get; }

    public ScheduleBook Schedule { get; }

    public MonitorHub Hub { get; }

    public Board Board { get; }

    /// <summary>The tests that nobody has reported, one of each cell, orchestrators mixed.</summary>
    public ImmutableArray<TestResult> Unreported { get; private set; } = [];

    /// <summary>Fills a journal and starts a hub on it; says on the console how long each step took.</summary>
    public static async Task<HubOnDisk> StartAsync(string directory, int orchestrators, ILoggerFactory logs, CancellationToken stop)
    {
        var memory = await KeyedLog.OpenAsync(Path.Combine(directory, "state.jsonl"), null, stop);
        var store = await JournalResultStore.OpenAsync(Path.Combine(directory, "journal"), Time, null, stop);
        var policy = Network.Policy;
        var plans = await PlanBook.OpenAsync(memory, policy.Schedule, stop);
        var board = new Board();
        var schedule = new ScheduleBook(memory, plans, policy.Schedule, Time);
        await schedule.OpenAsync(stop);
        var hub = new MonitorHub(new HubOptions { Policy = policy }, store, memory, plans, schedule, board, Time, logs.CreateLogger<MonitorHub>());
        var disk = new HubOnDisk(memory, store, schedule, hub, board);

        var rule = EnrolmentRule.From([]).OnWalk(Enumerable.Range(0, orchestrators).Select(Network.Entry), Time.GetUtcNow());
        var cells = Cells(rule, plans);
        var unreported = cells.Select(cell => Measured.Of(cell[^1], "https://192.0.2.1:8935", complete: 8)).ToArray();
        new Random(1).Shuffle(unreported);
        disk.Unreported = [.. unreported];

        var stored = 0;
        await StepAsync("results stored", async () => stored = await StoredResults.AppendAsync(
            store, cells.SelectMany(cell => cell[..^1]).Select(test => Measured.Of(test, "https://192.0.2.1:8935")), DateTimeOffset.MaxValue), () => stored);
        var replayed = 0;
        await StepAsync("results replayed", async () => replayed = await hub.ReplayAsync(stop), () => replayed);
        _ = hub.RunAsync(stop);
        await StepAsync("orchestrators enrolled", () => hub.EnrolAsync(rule, stop), () => orchestrators);
        foreach (var region in Network.Regions) _ = WorkAsync(hub, region, stop);
        return disk;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await _memory.DisposeAsync();
    }

    // By cell: the tests planned in the last 24 hours, oldest first.
    private static List<PlannedTest[]> Cells(EnrolmentRule rule, PlanBook plans)
    {
        var now = Time.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        return [.. rule.Records().SelectMany(record => plans.PlanOf(record.Key, record.Value, today.AddDays(-1)).Concat(plans.PlanOf(record.Key, record.Value, today))
            .Where(test => test.At > now - TimeSpan.FromHours(23) && test.At < now - TimeSpan.FromMinutes(1))
            .GroupBy(test => test.Region).Select(cell => cell.OrderBy(test => test.At).ToArray()))];
    }

    /// <summary>A region that tests as planned; every test succeeds at once.</summary>
    private static async Task WorkAsync(MonitorHub hub, RegionId region, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (var job in await hub.LeaseAsync(region, 16, TimeSpan.FromSeconds(30), stop))
            {
                var wait = job.NotBefore - Time.GetUtcNow();
                if (wait > TimeSpan.Zero) await Task.Delay(wait, stop);
                var test = new PlannedTest(job.Id, job.Orchestrator, job.Region, job.NotBefore, Surprise: false);
                await hub.ReportAsync(Measured.Of(test, job.ServiceUri), stop);
            }
        }
    }

    private static async Task StepAsync(string what, Func<Task> step, Func<int> count)
    {
        var start = Time.GetTimestamp();
        await step();
        Console.WriteLine(Invariant($"{count()} {what} in {Time.GetElapsedTime(start).TotalSeconds:0.0} s"));
    }
}
