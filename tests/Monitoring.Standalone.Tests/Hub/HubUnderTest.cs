using Microsoft.Extensions.Logging.Abstractions;
using Monitoring.Core;
using Monitoring.Standalone.Hub;
using Monitoring.Storage;
using Monitoring.Testing;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Standalone.Tests.Hub;

/// <summary>A hub on a real journal and a virtual clock, that can be abandoned as kill -9 would and started again on the same files.</summary>
internal sealed class HubUnderTest : IAsyncDisposable
{
    public static readonly RegionId Fra = RegionId.Parse("FRA");
    public static readonly RegionId Mdw = RegionId.Parse("MDW");
    private readonly Scratch _scratch;
    private readonly bool _ownsScratch;
    private readonly CancellationTokenSource _stop = new();
    private readonly KeyedLog _memory;
    private readonly IResultStore _store;
    private Task _running = Task.CompletedTask;

    private HubUnderTest(Scratch scratch, bool ownsScratch, VirtualTime time, KeyedLog memory, IResultStore store, MonitorHub hub, Board board, PlanBook plans, ScheduleBook schedule)
    {
        _scratch = scratch;
        _ownsScratch = ownsScratch;
        Time = time;
        _memory = memory;
        _store = store;
        Hub = hub;
        Board = board;
        Plans = plans;
        Schedule = schedule;
    }

    public VirtualTime Time { get; }

    public MonitorHub Hub { get; }

    /// <summary>Takes the notifications of every hub on the same files.</summary>
    public Sink Sink { get; private init; } = new();

    public Board Board { get; }

    public PlanBook Plans { get; }

    public ScheduleBook Schedule { get; }

    public IResultStore Store => _store;

    public static Policy Policy { get; } = new()
    {
        Schedule = new SchedulePolicy { Regions = [Fra, Mdw], TestsPerDay = 480, Guard = TimeSpan.FromSeconds(25), TestBudget = TimeSpan.FromSeconds(15) },
        QueueAhead = TimeSpan.FromMinutes(2),
        ReportGrace = TimeSpan.FromMinutes(1),
    };

    public static async Task<HubUnderTest> StartAsync(Scratch? scratch = null, VirtualTime? time = null, Func<IResultStore, IResultStore>? wrap = null, params OrchestratorId[] enrolled) =>
        await StartAsync(null, scratch, time, wrap, enrolled);

    public static async Task<HubUnderTest> StartAsync(SpendCaps? caps, Scratch? scratch, VirtualTime? time, Func<IResultStore, IResultStore>? wrap, OrchestratorId[] enrolled, Sink? sink = null)
    {
        var owns = scratch is null;
        scratch ??= new Scratch();
        time ??= new VirtualTime(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        var memory = await KeyedLog.OpenAsync(scratch.At("state.jsonl"), null, CancellationToken.None);
        IResultStore store = await JournalResultStore.OpenAsync(scratch.At("journal"), time, null, CancellationToken.None);
        if (wrap is not null) store = wrap(store);
        var plans = await PlanBook.OpenAsync(memory, Policy.Schedule, CancellationToken.None);
        var board = new Board();
        var schedule = new ScheduleBook(memory, plans, Policy.Schedule, time);
        await schedule.OpenAsync(CancellationToken.None);
        sink ??= new Sink();
        var hub = new MonitorHub(new HubOptions { Policy = Policy }, store, memory, plans, schedule, board, time, NullLogger<MonitorHub>.Instance)
        {
            Notifications = sink,
            Budget = caps is null ? null : await Budget.OpenAsync(caps, memory, time.GetUtcNow(), CancellationToken.None),
        };
        var under = new HubUnderTest(scratch, owns, time, memory, store, hub, board, plans, schedule) { Sink = sink };
        await hub.ReplayAsync(CancellationToken.None);
        under._running = hub.RunAsync(under._stop.Token);
        if (enrolled.Length > 0) await under.EnrolAsync(enrolled);
        return under;
    }

    public Task EnrolAsync(params OrchestratorId[] ids) => Hub.EnrolAsync(
        EnrolmentRule.From([]).OnWalk(ids.Select((id, i) => new RegistryEntry(id, $"https://192.0.2.{i + 1}:8935", true)), Time.GetUtcNow()), CancellationToken.None);

    /// <summary>Leases everything that is to be had in a region, moving the clock until there is something.</summary>
    public async Task<ImmutableArray<TestJob>> LeaseSomeAsync(RegionId region, int workers = 100, bool unpaid = false)
    {
        for (var i = 0; i < 10_000; i++)
        {
            var jobs = await Hub.LeaseAsync(region, workers, TimeSpan.Zero, CancellationToken.None, unpaid);
            if (!jobs.IsEmpty) return jobs;
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        throw new InvalidOperationException("Nothing was to be leased in hours of virtual time.");
    }

    /// <summary>What a board shows after the hub has taken in everything it was told.</summary>
    public async Task<LeaderboardSnapshot> SettledBoardAsync()
    {
        while (true)
        {
            await Hub.ExtendAsync(Fra, TestId.OnDemand("nothing"), CancellationToken.None);
            if (!Board.IsStale) return Board.Current;
            Time.Advance(TimeSpan.FromMilliseconds(250));
        }
    }

    public static OrchestratorId Orchestrator(int n) => OrchestratorId.Parse($"0x{n:x40}");

    /// <summary>A report of a test in which a share of the renditions came back.</summary>
    public static TestResult Result(TestJob job, int received = 60, OutcomeCode? code = null) => new()
    {
        Id = job.Id,
        Orchestrator = job.Orchestrator,
        Region = job.Region,
        PlannedAt = job.NotBefore,
        Outcome = new Outcome(code ?? (received == 60 ? OutcomeCode.Completed : received == 0 ? OutcomeCode.Unreachable : OutcomeCode.Partial)),
        Summary = new TestSummary
        {
            StartedAt = job.NotBefore,
            Method = TestMethod.StreamTest("clip1", 15, 1),
            Sums = new ScoreSums(received, 60, received * 500_000L, received * 250_000L),
            Averages = new LegacyAverages(received / 60.0, 2, received == 0 ? 0 : 1),
            SourceSegments = 15,
        },
        Evidence = new TestEvidence { DialledAddress = "192.0.2.1:8935" },
    };

    /// <summary>Ends as a process does that is killed: nothing is drained, nobody is told.</summary>
    public async Task KillAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _store.DisposeAsync();
        await _memory.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _stop.Dispose();
        if (_ownsScratch) _scratch.Dispose();
    }
}
