using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Monitoring.Core;
using Monitoring.Probing;
using Monitoring.Standalone.Regions;
using Monitoring.Standalone.Tests.EndToEnd;
using Monitoring.Standalone.Tests.Hub;
using Monitoring.Storage;
using Monitoring.Testing;
using Monitoring.Testing.Processes;
using Monitoring.Web;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Standalone.Tests.Sites;

/// <summary>
/// An hour of the schedule without the hub, on virtual time: a real hub on a real journal behind its real endpoints, two regions' real workers with
/// their spools and their adapter, and a transport that a test can cut. Only the stream tests themselves are scripted.
/// </summary>
[Collection(OneAtATime.Name)]
public sealed class A_hub_is_unreachable_for_an_hour
{
    private const int Orchestrators = 30;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [LimitedTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_measured_arrives_once_what_was_due_is_not_run_and_nobody_is_charged(bool isDead)
    {
        await using var network = await Network.StartAsync();
        await network.PassAsync(TimeSpan.FromMinutes(15));

        // While tests are under way and further ones are leased.
        await network.PassUntilAsync(() => network.Regions.All(r => r.Tester.UnderWay > 0));
        var cutAt = network.Time.GetUtcNow();
        if (isDead) await network.KillHubAsync();
        else network.Regions.ForEach(r => r.Line.Cut());
        await network.PassAsync(Hour / 2);
        var waiting = network.Regions.Select(r => r.Spool.Count).ToList();
        Assert.All(waiting, count => Assert.InRange(count, 1, Orchestrators));
        Assert.All(network.Regions, r => Assert.InRange(r.Line.Failed, 10, 1_000));
        await network.PassAsync(Hour / 2);
        Assert.Equal(waiting, network.Regions.Select(r => r.Spool.Count));

        var backAt = network.Time.GetUtcNow();
        if (isDead) await network.StartHubAsync();
        else network.Regions.ForEach(r => r.Line.Mend());
        await network.PassAsync(TimeSpan.FromMinutes(15));
        await network.PassUntilAsync(() => network.Regions.All(r => r.Tester.UnderWay == 0 && r.Spool.Added >= r.Tester.Done.Count && r.Spool.Count == 0));
        var tested = network.Regions.SelectMany(r => r.Tester.Done).ToList();
        var all = await network.KeptAsync();

        // Each result once, whatever was said twice, and the last word on its test.
        Assert.Distinct(all.Select(r => (r.Test, r.Revision)));
        var last = all.GroupBy(r => r.Test).ToDictionary(g => g.Key, g => g.MaxBy(r => r.Revision)!);
        Assert.Distinct(tested.Select(t => t.Job.Id));
        Assert.All(tested, t => Assert.Equal((OutcomeRevision.Measured, OutcomeCode.Completed), (last[t.Job.Id].Revision, last[t.Job.Id].Outcome.Code)));

        // The clock may run ahead of a busy machine: a test that it let begin too late is void, as our own overload.
        var tooLate = last.Values.Where(r => r.Outcome.Class == OutcomeClass.Void).ToList();
        Assert.All(tooLate, r => Assert.Equal(OutcomeCode.OurOverload, r.Outcome.Code));
        Assert.InRange(tooLate.Count, 0, tested.Count / 20);
        Assert.Equal(tested.Count, last.Values.Count(r => r.Summary is not null) - tooLate.Count);
        Assert.True(network.Regions.Sum(r => r.Line.AnswersLost) > 10);

        // What was begun before the line was cut ended after it, waited for most of an hour, and took the place of what stood there meanwhile.
        var late = tested.Where(t => t.EndedAt > cutAt && t.EndedAt < backAt).ToList();
        Assert.InRange(late.Count, 1, waiting.Sum());
        Assert.All(late, t => Assert.InRange(last[t.Job.Id].RecordedAt, backAt, backAt.AddMinutes(3)));
        if (!isDead) Assert.All(late, t => Assert.Contains(all, r => r.Test == t.Job.Id && r.Outcome.Class == OutcomeClass.NotRun));

        // Whatever was planned has an outcome; in the hour nearly all was not run, and at no time was anybody charged.
        var planned = network.Planned().Where(t => t.At >= Start.AddMinutes(5) && t.At < backAt.AddMinutes(10)).ToList();
        Assert.Empty(planned.Where(t => !last.ContainsKey(t.Id)).Select(t => t.Id));
        var missed = planned.Count(t => t.At > cutAt && t.At < backAt && last[t.Id].Outcome.Class is OutcomeClass.NotRun or OutcomeClass.Void);
        Assert.Equal(planned.Count(t => t.At > cutAt && t.At < backAt), missed + tested.Count(t => t.Job.NotBefore > cutAt && t.Job.NotBefore < backAt));
        Assert.DoesNotContain(all, r => r.Outcome.Class is OutcomeClass.Fault or OutcomeClass.Excluded);
        Assert.All(await network.CellsAsync(), score => Assert.Equal(1, score));
        Assert.DoesNotContain(IncidentRule.OrchestratorDown, await network.ToldAsync());
        Assert.Empty(network.Lies());

        // Nothing stale was begun, nothing was caught up, and work went on at once.
        Assert.All(tested, t => Assert.InRange(t.BeganAt, t.Job.NotBefore, t.Job.NotAfter));
        Assert.All(network.Regions, r => Assert.Contains(r.Tester.Done, t => t.BeganAt > backAt && t.BeganAt < backAt.AddMinutes(3)));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{tested.Count} measured, {late.Count} of them told an hour late, {missed} not run in the hour ({string.Join(", ", last.Values.Where(r => r.Outcome.Class == OutcomeClass.NotRun).GroupBy(r => r.Outcome.Code).Select(g => $"{g.Count()} {g.Key}"))}), "
            + $"{network.Regions.Sum(r => r.Line.AnswersLost)} answers lost");
    }

    /// <summary>Hub and regions on one virtual clock.</summary>
    private sealed class Network : IAsyncDisposable
    {
        private static readonly RegionId[] Where = [HubUnderTest.Fra, HubUnderTest.Mdw];
        private static readonly OrchestratorId[] Who = [.. Enumerable.Range(1, Orchestrators).Select(HubUnderTest.Orchestrator)];
        private readonly Scratch _scratch = new();
        private readonly Sink _sink = new();
        private readonly IssuedKeys _keys = new();
        private readonly Work _writing = new();
        private RefusedRegions? _refused;
        private HubUnderTest? _hub;
        private KeyedLog? _seal;
        private WebApplication? _app;

        private Network()
        {
        }

        public VirtualTime Time { get; } = new(Start);

        public List<RegionAtWork> Regions { get; } = [];

        public static async Task<Network> StartAsync()
        {
            var network = new Network();
            await network.StartHubAsync();
            foreach (var region in Where)
            {
                var at = new RegionAtWork(region, network._scratch.At("spool-" + region), network.Time);
                network._keys.Add(at.Key);
                at.Line.Hub = network.Address;
                network.Regions.Add(at);
                at.Start();
            }

            return network;
        }

        public async Task StartHubAsync()
        {
            _hub = await HubUnderTest.StartAsync(null, _scratch, Time, store => new WatchedStore(store, _writing), Who, _sink);
            _seal = await KeyedLog.OpenAsync(_scratch.At("seal.jsonl"), null, CancellationToken.None);
            _refused = new RefusedRegions(Where, Time, NullLogger<RefusedRegions>.Instance);
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Services.AddSingleton<TimeProvider>(Time);
            builder.Services.AddSingleton<IHub>(new RemoteHub(_hub.Hub, Where, ScriptedTest.Method, await LedRegions.SealAsync(_seal, CancellationToken.None), _refused, Time));
            builder.Services.AddSingleton<IRegionKeys>(_keys);
            builder.Services.AddSingleton<IRegionRefusals>(_refused);
            builder.Services.AddMonitoringHub();
            _app = builder.Build();
            _app.MapHub();
            await _app.StartAsync();
            foreach (var region in Regions) region.Line.Hub = Address;
        }

        /// <summary>Ends the hub as SIGKILL does: nothing is drained.</summary>
        public async Task KillHubAsync()
        {
            foreach (var region in Regions) region.Line.Hub = null;
            await _app!.StopAsync();
            await _app.DisposeAsync();
            await _hub!.KillAsync();
            await _seal!.DisposeAsync();
            _hub = null;
        }

        public Task PassAsync(TimeSpan span)
        {
            var until = Time.GetUtcNow() + span;
            return PassUntilAsync(() => Time.GetUtcNow() >= until);
        }

        /// <summary>Lets time pass, a second at a time, until something is so; in each second all is written, said and heard before the next.</summary>
        public async Task PassUntilAsync(Func<bool> condition)
        {
            using var tooLong = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            while (!condition())
            {
                Time.Advance(TimeSpan.FromSeconds(1));
                for (var quiet = 0; quiet < 3; quiet = IsQuiet ? quiet + 1 : 0)
                {
                    Assert.False(tooLong.IsCancellationRequested, Standing());
                    if (_hub is { } hub) await hub.Hub.ExtendAsync(Where[0], TestId.OnDemand("nothing"), CancellationToken.None);
                    await Task.Yield();
                }
            }
        }

        private bool IsQuiet => ThreadPool.PendingWorkItemCount == 0 && _writing.IsIdle && Regions.TrueForAll(r => r.Line.IsQuiet && r.Spool.IsIdle);

        private string Standing() => string.Create(CultureInfo.InvariantCulture, $"at {Time.GetUtcNow():u} {ThreadPool.PendingWorkItemCount} pieces of work wait; ")
            + string.Join("; ", Regions.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Tester.UnderWay} tests under way, {r.Tester.Done.Count} done, {r.Spool.Added} ever spooled, {r.Spool.Count} in the spool, the line {(r.Line.IsQuiet ? "quiet" : "busy")}")));

        public async Task<List<OutcomeRevision>> KeptAsync()
        {
            var all = new List<OutcomeRevision>();
            await foreach (var revision in _hub!.Store.ReadAsync(new ResultQuery { From = DateTimeOffset.MinValue, Until = DateTimeOffset.MaxValue, LastOnly = false }, CancellationToken.None)) all.Add(revision);
            return all;
        }

        /// <summary>The day's plan.</summary>
        public IEnumerable<PlannedTest> Planned()
        {
            var records = EnrolmentRule.From([]).OnWalk(Who.Select((id, i) => new RegistryEntry(id, $"https://192.0.2.{i + 1}:8935", true)), Start).Records();
            return Who.SelectMany(id => _hub!.Plans.PlanOf(id, records[id], DateOnly.FromDateTime(Start.UtcDateTime)));
        }

        /// <summary>The published success rate of each orchestrator in each region.</summary>
        public async Task<List<double>> CellsAsync()
        {
            var cells = (await _hub!.SettledBoardAsync()).Rows.SelectMany(row => row.Cells.Select(cell => (row.Orchestrator, cell.Region, cell.Cell))).ToDictionary(c => (c.Orchestrator, c.Region), c => c.Cell);
            return [.. from id in Who from region in Where select cells.GetValueOrDefault((id, region))?.SuccessRate ?? -1];
        }

        public async Task<List<IncidentRule>> ToldAsync()
        {
            var told = new List<IncidentRule>();
            while (_sink.HasNew) told.Add((await _sink.NextAsync()).Incident.Key.Rule);
            return told;
        }

        public IEnumerable<string> Lies() => Where.SelectMany(r => _refused!.Of(r)).Select(r => $"{r.Kind}: {r.Reason}");

        public async ValueTask DisposeAsync()
        {
            foreach (var region in Regions) await region.DisposeAsync();
            if (_hub is not null) await KillHubAsync();
            _scratch.Dispose();
        }

        private Uri Address => new(_app!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    /// <summary>A region as its process has it, but for the stream test.</summary>
    private sealed class RegionAtWork : IAsyncDisposable
    {
        private readonly VirtualTime _time;
        private readonly CancellationTokenSource _stop = new();
        private readonly HttpsHub _hub;
        private readonly RegionWorker _worker;
        private Task _running = Task.CompletedTask;

        public RegionAtWork(RegionId region, string folder, VirtualTime time)
        {
            _time = time;
            Key = RegionKey.Create(region);
            Tester = new ScriptedTest(time);
            Spool = new WatchedSpool(FileSpool.Open(folder, SpoolFormat.TestResult, new SpoolBounds(), time, null));
            _hub = new HttpsHub(new Uri("http://hub.example"), Key, Line, time);
            _worker = new RegionWorker(new RegionWorkerOptions { Region = region, Workers = 50 }, _hub, Tester, Spool, Fit.Instance, time, NullLogger<RegionWorker>.Instance);
        }

        public RegionKey Key { get; }

        public CutLine Line { get; } = new();

        public ScriptedTest Tester { get; }

        public WatchedSpool Spool { get; }

        public void Start() => _running = _worker.RunAsync(_stop.Token);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            while (!_running.IsCompleted)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            await _running;
            _worker.Dispose();
            _hub.Dispose();
            await Spool.DisposeAsync();
            Key.Dispose();
            _stop.Dispose();
        }
    }

    /// <summary>A test as a good orchestrator passes it.</summary>
    private sealed class ScriptedTest(VirtualTime time) : IStreamTester
    {
        public static readonly string Method = TestMethod.StreamTest("clip1", 1, 1);
        private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(4);
        private int _underWay;

        public ConcurrentQueue<(TestJob Job, DateTimeOffset BeganAt, DateTimeOffset EndedAt)> Done { get; } = new();

        public int UnderWay => Volatile.Read(ref _underWay);

        public async Task<TestResult> RunAsync(TestJob job, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _underWay);
            var began = time.GetUtcNow();
            try
            {
                await Task.Delay(Lasts, time, cancellationToken);
                Done.Enqueue((job, began, time.GetUtcNow()));
            }
            finally
            {
                Interlocked.Decrement(ref _underWay);
            }

            return Passed(job, began);
        }

        private static TestResult Passed(TestJob job, DateTimeOffset began)
        {
            var fine = new Outcome(OutcomeCode.Completed);
            return new TestResult
            {
                Id = job.Id,
                Orchestrator = job.Orchestrator,
                Region = job.Region,
                PlannedAt = job.NotBefore,
                Outcome = fine,
                Summary = new TestSummary
                {
                    StartedAt = began, Elapsed = Lasts, Method = Method, Sums = new ScoreSums(4, 4, 2_000_000, 500_000), Averages = new LegacyAverages(1, 2, 0.5),
                    SourceSegments = 1, RealTimeSegments = 1, SegmentsSent = 1, SegmentsReceived = 4, RoundTripsMicros = [500_000], ServiceUri = job.ServiceUri,
                },
                Evidence = new TestEvidence
                {
                    Segments = [new SegmentEvidence { Seq = 0, State = SegmentState.Complete, Outcome = fine, DurationMicros = 2_000_000, RoundTripMicros = 500_000, Renditions = [.. Enumerable.Repeat(new RenditionEvidence("P", fine, 1, 1, 1, 1, 2_000_000, ""), 4)] }],
                },
            };
        }
    }

    /// <summary>Whether something is being written: the clock waits for it, as if a disk took no time.</summary>
    private sealed class Work
    {
        private int _begun;

        public bool IsIdle => Volatile.Read(ref _begun) == 0;

        public async Task<T> DoAsync<T>(Func<Task<T>> work)
        {
            Interlocked.Increment(ref _begun);
            try
            {
                return await work();
            }
            finally
            {
                Interlocked.Decrement(ref _begun);
            }
        }
    }

    private sealed class WatchedStore(IResultStore inner, Work work) : IResultStore
    {
        public Task<bool> AppendAsync(OutcomeRevision revision, TestEvidence? evidence, CancellationToken cancellationToken) => work.DoAsync(() => inner.AppendAsync(revision, evidence, cancellationToken));

        public IAsyncEnumerable<OutcomeRevision> ReadAsync(ResultQuery query, CancellationToken cancellationToken) => inner.ReadAsync(query, cancellationToken);

        public Task<TestEvidence?> ReadEvidenceAsync(TestId test, DateTimeOffset testTime, CancellationToken cancellationToken) => inner.ReadEvidenceAsync(test, testTime, cancellationToken);

        public IAsyncEnumerable<HourlySums> ReadHourlyAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) => inner.ReadHourlyAsync(from, until, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class WatchedSpool(FileSpool<TestResult> inner) : ISpool<TestResult>
    {
        private readonly Work _work = new();
        private int _added;

        public int Count => inner.Count;

        public bool IsFull => inner.IsFull;

        public bool IsIdle => _work.IsIdle;

        /// <summary>Results that were ever taken.</summary>
        public int Added => Volatile.Read(ref _added);

        public Task AddAsync(TestId id, TestResult item, CancellationToken cancellationToken) => _work.DoAsync(async () =>
        {
            await inner.AddAsync(id, item, cancellationToken);
            return Interlocked.Increment(ref _added);
        });

        public Task<IReadOnlyList<(TestId Id, TestResult Item)>> PeekAsync(int most, CancellationToken cancellationToken) => _work.DoAsync(() => inner.PeekAsync(most, cancellationToken));

        public Task RemoveAsync(TestId id, CancellationToken cancellationToken) => _work.DoAsync(async () =>
        {
            await inner.RemoveAsync(id, cancellationToken);
            return true;
        });

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class Fit : IOwnHealth
    {
        public static readonly Fit Instance = new();

        public Task<OwnHealthReport> CheckAsync(bool fresh, CancellationToken cancellationToken) => Task.FromResult(OwnHealthReport.Well);
    }

    private sealed class IssuedKeys : IRegionKeys
    {
        private readonly ConcurrentDictionary<(RegionId, string), RegionIdentity> _keys = new();

        public void Add(RegionKey key) => _keys[(key.Region, key.Id)] = new RegionIdentity(key.Region, key.Id, [.. key.PublicKey()], null);

        public RegionIdentity? Find(RegionId region, string keyId) => _keys.GetValueOrDefault((region, keyId));
    }
}
