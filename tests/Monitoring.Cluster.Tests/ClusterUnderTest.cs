using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Leaderboard;
using Monitoring.Cluster.Money;
using Monitoring.Cluster.Orchestrators;
using Monitoring.Cluster.Regions;
using Monitoring.Cluster.Registry;
using Monitoring.Cluster.Schedule;
using Monitoring.Cluster.State;
using Monitoring.Core;
using Monitoring.Storage;
using Monitoring.Testing;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Reminders;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Storage;
using Orleans.TestingHost;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Cluster.Tests;

/// <summary>
/// Silos of the real runtime in one process, on a virtual clock and a real journal. The silos' own upkeep runs on the real clock; grains,
/// their timers and their reminders on the virtual one.
/// </summary>
internal sealed class ClusterUnderTest : IAsyncDisposable
{
    public static readonly RegionId Fra = RegionId.Parse("FRA");
    public static readonly RegionId Mdw = RegionId.Parse("MDW");
    private readonly Scratch _scratch = new();
    private readonly JournalResultStore _journal;

    private ClusterUnderTest(VirtualTime time, JournalResultStore journal, Scratch scratch, SharedStorage storage, FaultyStore store, MemorySpendStore spending, InProcessTestCluster cluster)
    {
        (Time, _journal, Storage, Store, Spending, Cluster) = (time, journal, storage, store, spending, cluster);
        _scratch = scratch;
        Hub = new GrainHub(cluster.Client);
    }

    public VirtualTime Time { get; }

    public SharedStorage Storage { get; }

    public FaultyStore Store { get; }

    public InProcessTestCluster Cluster { get; }

    public MemorySpendStore Spending { get; }

    public GrainHub Hub { get; }

    public IGrainFactory Grains => Cluster.Client;

    /// <summary>The secret of the schedule, so that every run has the same plan.</summary>
    private static byte[] Master => JsonSerializer.SerializeToUtf8Bytes(new ScheduleDocument { Schema = ScheduleDocument.Current, Master = new string('7', 64) });

    public static HubRules Rules { get; } = new()
    {
        Policy = new Policy
        {
            Schedule = new SchedulePolicy { Regions = [Fra, Mdw], TestsPerDay = 480, Guard = TimeSpan.FromSeconds(25), TestBudget = TimeSpan.FromSeconds(15) },
            QueueAhead = TimeSpan.FromMinutes(2),
            ReportGrace = TimeSpan.FromMinutes(1),
        },
        ScoreShards = 4,

        // A test is leased as it is due and no sooner, so that what a test reports at once can be true.
        LeaseAhead = TimeSpan.Zero,
    };

    public static async Task<ClusterUnderTest> StartAsync(int silos = 1, HubRules? rules = null, params OrchestratorId[] enrolled) => await StartAsync(silos, rules, null, enrolled);

    /// <summary>With a region, the last silo is that region's.</summary>
    public static async Task<ClusterUnderTest> StartAsync(int silos, HubRules? rules, RegionId? region, params OrchestratorId[] enrolled)
    {
        var scratch = new Scratch();
        var time = new VirtualTime(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        var journal = await JournalResultStore.OpenAsync(scratch.At("journal"), time, null, CancellationToken.None);
        var store = new FaultyStore(journal);
        var storage = new SharedStorage();
        var spending = new MemorySpendStore();
        storage.Put(StateNames.Schedule, GrainId.Create(GrainType.Create("schedule"), GrainIdKeyExtensions.CreateIntegerKey(0)), Master);
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.ConfigureSilo((options, silo) =>
        {
            if (region is { } measured && options.SiloName == $"Silo_{silos - 1}") silo.AddRegion(measured);
            else silo.AddHub(rules ?? Rules);
            silo.UseInMemoryReminderService();

            // The service forgets reminders that are far away; on this clock far away comes faster than the service can look.
            silo.Configure<ReminderOptions>(reminders => reminders.ReminderLoadingWindow = TimeSpan.FromDays(1));
            silo.Services.AddSingleton<IResultStore>(store);
            silo.Services.AddSingleton<ISpendStore>(spending);
            silo.Services.AddKeyedSingleton<IGrainStorage>(StateNames.Storage, storage);
            silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
            silo.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
            silo.Services.AddKeyedSingleton<TimeProvider>(ReminderTimeProviderNames.Reminders, time);
        });
        builder.ConfigureClient(client => client.Services.AddHubFaults());
        var cluster = builder.Build();
        await cluster.DeployAsync();
        await KnowAllAsync(cluster);
        var under = new ClusterUnderTest(time, journal, scratch, storage, store, spending, cluster);
        if (enrolled.Length > 0) await under.EnrolAsync(enrolled);
        return under;
    }

    // A silo whose role is not known yet gets no grains; silos ask each other as they join.
    private static async Task KnowAllAsync(InProcessTestCluster cluster)
    {
        var silos = cluster.GetActiveSilos().ToList();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        foreach (var silo in silos)
        {
            var known = cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<ISiloMetadataCache>();
            while (!silos.All(other => known.GetSiloMetadata(other.SiloAddress).Metadata.ContainsKey("role"))) await Task.Delay(10, limit.Token);
        }
    }

    public Task<int> EnrolAsync(params OrchestratorId[] ids) => Grains.GetGrain<IRegistryGrain>(0).Walk(
        [.. ids.Select((id, i) => RegistryEntryWire.Of(new RegistryEntry(id, $"https://192.0.2.{i + 1}:8935", true)))]);

    public IOrchestratorGrain Grain(OrchestratorId id) => Grains.GetGrain<IOrchestratorGrain>(id.Text);

    public static OrchestratorId Orchestrator(int n) => OrchestratorId.Parse($"0x{n:x40}");

    /// <summary>Leases everything that is to be had in a region, moving the clock until there is something. Orchestrators tick by their own timers.</summary>
    public async Task<ImmutableArray<TestJob>> LeaseSomeAsync(RegionId region, params OrchestratorId[] ticked)
    {
        for (var i = 0; i < 10_000; i++)
        {
            var jobs = await Hub.LeaseAsync(region, 100, TimeSpan.Zero, CancellationToken.None);
            if (!jobs.IsEmpty) return jobs;
            Time.Advance(TimeSpan.FromSeconds(1));
            foreach (var id in ticked) await Grain(id).Tick();
        }

        throw new InvalidOperationException("Nothing was to be leased in hours of virtual time.");
    }

    /// <summary>The leaderboard after everything that was shown is in it.</summary>
    public async Task<LeaderboardSnapshot> BoardAsync()
    {
        var board = Grains.GetGrain<ILeaderboardGrain>(0);
        for (var i = 0; i < 3_000; i++)
        {
            await board.Refresh();
            if (await board.IfNewer(0) is { } current) return current;

            // A shard collects in a turn of its own, on the virtual clock.
            Time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        throw new InvalidOperationException("The leaderboard never became complete.");
    }

    /// <summary>A report of a test in which a share of the renditions came back, with evidence that fits it.</summary>
    public static TestResult Result(TestJob job, int received = 60, OutcomeCode? code = null)
    {
        var complete = received / 4;
        var sums = new ScoreSums(received, 60, complete == 0 ? 0 : received * 500_000L, complete == 0 ? 0 : received * 250_000L);
        ImmutableArray<SegmentEvidence> segments = received == 0 ? [] : [.. Enumerable.Range(0, 15).Select(n => Segment(n, received, sums))];
        return new TestResult
        {
            Id = job.Id,
            Orchestrator = job.Orchestrator,
            Region = job.Region,
            PlannedAt = job.NotBefore,
            Lease = job.Lease,
            Outcome = new Outcome(code ?? (received == 60 ? OutcomeCode.Completed : received == 0 ? OutcomeCode.Unreachable : OutcomeCode.Partial)),
            Summary = new TestSummary
            {
                StartedAt = LeasedAt(job) is { } leased && leased > job.NotBefore ? leased : job.NotBefore,
                Elapsed = TimeSpan.FromSeconds(4),
                Method = TestMethod.StreamTest("clip1", 15, 1),
                Sums = sums,
                Averages = new LegacyAverages(received / 60.0, 2, received == 0 ? 0 : 1),
                SourceSegments = 15,
                SegmentsSent = segments.Length,
                SegmentsReceived = received,
                RoundTripsMicros = [.. segments.Where(s => s.State == SegmentState.Complete).Select(s => s.RoundTripMicros)],
            },
            Evidence = new TestEvidence { DialledAddress = "192.0.2.1:8935", Segments = segments },
        };
    }

    // The first thing that a seal says.
    private static DateTimeOffset? LeasedAt(TestJob job) =>
        job.Lease.Length == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(job.Lease.Split('-')[0], System.Globalization.CultureInfo.InvariantCulture));

    // Whole segments came back first, then a part of one; the first one makes up for what does not divide.
    private static SegmentEvidence Segment(int number, int received, ScoreSums sums)
    {
        var complete = received / 4;
        var renditions = Math.Clamp(received - (number * 4), 0, 4);
        var isComplete = renditions == 4;
        return new SegmentEvidence
        {
            Seq = number,
            State = isComplete ? SegmentState.Complete : renditions > 0 ? SegmentState.Partial : SegmentState.Failed,
            Outcome = new Outcome(renditions == 0 ? OutcomeCode.ResultTimedOut : OutcomeCode.Completed),
            DurationMicros = isComplete ? Share(sums.DurationMicros, number, complete) : 0,
            RoundTripMicros = isComplete ? Share(sums.RoundTripMicros, number, complete) : 0,
            Renditions = [.. Enumerable.Range(0, renditions).Select(n => new RenditionEvidence($"P{n}", new Outcome(OutcomeCode.Completed), 1000, 1000, 64, 64, 2_000_000, ""))],
        };
    }

    private static long Share(long sum, int number, int of) => (sum / of) + (number == 0 ? sum % of : 0);

    /// <summary>A service of the first silo that lives.</summary>
    public T Service<T>() where T : notnull => Cluster.GetSiloServiceProvider(Cluster.GetActiveSilos().First().SiloAddress).GetRequiredService<T>();

    /// <summary>Brings what the first silo shows of the grains up to date.</summary>
    public Task PullAsync() => Service<Monitoring.Cluster.Status.SiloViews>().PullAsync();

    public async Task<List<OutcomeRevision>> StoredAsync()
    {
        var all = new List<OutcomeRevision>();
        await foreach (var revision in _journal.ReadAsync(new ResultQuery { From = DateTimeOffset.MinValue, Until = DateTimeOffset.MaxValue, LastOnly = false }, CancellationToken.None)) all.Add(revision);
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        await _journal.DisposeAsync();
        _scratch.Dispose();
    }
}
