using Microsoft.Extensions.Logging.Abstractions;
using Monitoring.Core;
using Monitoring.Probing;
using Monitoring.Standalone.Regions;
using Monitoring.Standalone.Tests.Hub;
using Monitoring.Storage;
using Monitoring.Testing;
using Monitoring.Web;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Standalone.Tests.Regions;

/// <summary>The hub as regions of other processes see it, before a real hub on virtual time.</summary>
public sealed class A_lying_region_is_refused
{
    private static readonly RegionId Fra = HubUnderTest.Fra;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_leased_is_believed_also_by_a_hub_that_was_started_again()
    {
        using var scratch = new Scratch();
        var time = new VirtualTime(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        TestResult result;
        await using (var before = await RemoteHubUnderTest.StartAsync(scratch, time))
        {
            var job = await before.LeaseAsync();
            before.PassUntil(job.NotBefore.AddSeconds(5));
            result = RemoteHubUnderTest.Result(job);
        }

        await using var after = await RemoteHubUnderTest.StartAsync(scratch, time);
        Assert.Equal(new ReportAnswer(true, ""), await after.Remote.ReportAsync(result, Cancel));
        Assert.Equal(new ReportAnswer(true, ""), await after.Remote.ReportAsync(result, Cancel));
        Assert.Empty(after.Refused.Of(Fra));
    }

    [Fact]
    public async Task A_result_of_a_test_that_was_never_leased_is_refused_and_reported()
    {
        await using var hub = await RemoteHubUnderTest.StartAsync();
        var job = await hub.LeaseAsync();
        hub.PassUntil(job.NotBefore.AddSeconds(5));

        // The next test of the same cell: it is planned, and everything else about it is right.
        var answer = await hub.Remote.ReportAsync(RemoteHubUnderTest.Result(job) with { Lease = "" }, Cancel);
        Assert.Equal(new ReportAnswer(false, "it was never leased to this region"), answer);
        answer = await hub.Remote.ReportAsync(RemoteHubUnderTest.Result(job with { Region = HubUnderTest.Mdw }), Cancel);
        Assert.False(answer.Accepted);
        Assert.Equal(RefusalKind.Lie, Assert.Single(hub.Refused.Of(Fra)).Kind);
        Assert.Equal(RefusalKind.Lie, Assert.Single(hub.Refused.Of(HubUnderTest.Mdw)).Kind);

        var part = hub.Parts().Single(p => p.Name == "Region: FRA");
        Assert.Equal(InstrumentLevel.Alarm, part.Level);
        Assert.Contains("cannot be true", part.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_that_cannot_be_true_is_refused_and_the_true_one_still_counts()
    {
        await using var hub = await RemoteHubUnderTest.StartAsync();
        var job = await hub.LeaseAsync();
        hub.PassUntil(job.NotBefore.AddSeconds(5));
        var result = RemoteHubUnderTest.Result(job);
        var lie = result with { Summary = result.Summary with { StartedAt = job.NotBefore.AddMinutes(-5) } };
        Assert.Contains("before it was leased", (await hub.Remote.ReportAsync(lie, Cancel)).Reason, StringComparison.Ordinal);
        Assert.True((await hub.Remote.ReportAsync(result, Cancel)).Accepted);
    }

    [Fact]
    public async Task A_result_of_another_method_is_refused_in_words_for_the_region()
    {
        await using var hub = await RemoteHubUnderTest.StartAsync();
        var job = await hub.LeaseAsync();
        hub.PassUntil(job.NotBefore.AddSeconds(5));
        var result = RemoteHubUnderTest.Result(job);
        var answer = await hub.Remote.ReportAsync(result with { Summary = result.Summary with { Method = "stream1/clip1/15seg/3str" } }, Cancel);
        Assert.Contains("Tests:Streams", answer.Reason, StringComparison.Ordinal);
        Assert.Empty(hub.Refused.Of(Fra));
    }

    [Fact]
    public async Task A_region_gives_back_its_own_jobs_and_no_others()
    {
        await using var hub = await RemoteHubUnderTest.StartAsync();
        var job = await hub.LeaseAsync();
        await hub.Remote.ReturnAsync(HubUnderTest.Mdw, job.Id, OutcomeCode.ShuttingDown, Cancel);
        Assert.False(await hub.Remote.ExtendAsync(HubUnderTest.Mdw, job.Id, Cancel));
        Assert.True(await hub.Remote.ExtendAsync(Fra, job.Id, Cancel));
        await hub.Remote.ReturnAsync(Fra, job.Id, OutcomeCode.ShuttingDown, Cancel);
        Assert.False(await hub.Remote.ExtendAsync(Fra, job.Id, Cancel));
    }

    [Fact]
    public async Task A_region_that_is_not_of_this_hub_gets_no_work()
    {
        await using var hub = await RemoteHubUnderTest.StartAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => hub.Remote.LeaseAsync(RegionId.Parse("SIN"), 1, TimeSpan.Zero, Cancel));
    }

    [Fact]
    public async Task A_region_that_has_not_asked_for_work_is_stale_and_an_alarm()
    {
        await using var hub = await RemoteHubUnderTest.StartAsync();
        await hub.LeaseAsync();
        await hub.Remote.HealthAsync(Fra, new RegionVitals { Software = "0.1.0", Workers = 16, Busy = 1, Spooled = 3, ClockOffset = TimeSpan.FromMilliseconds(250) }, Cancel);
        var well = hub.Parts().Single(p => p.Name == "Region: FRA");
        Assert.Equal(InstrumentLevel.Ok, well.Level);
        Assert.Contains("3 in its spool", well.Text, StringComparison.Ordinal);
        Assert.Contains("clock -0.250 s", well.Text, StringComparison.Ordinal);

        hub.PassUntil(hub.Under.Time.GetUtcNow().AddMinutes(3));
        await hub.Under.SettledBoardAsync();
        var stale = hub.Parts().Single(p => p.Name == "Region: FRA");
        Assert.Equal(InstrumentLevel.Alarm, stale.Level);
        Assert.StartsWith("Stale: it has not asked for work", stale.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OutcomeCode.OurNetwork, InstrumentLevel.Alarm, true)]
    [InlineData(OutcomeCode.OurClock, InstrumentLevel.Alarm, false)]
    public async Task A_region_that_is_not_fit_to_measure_is_an_alarm_and_a_failing_control_makes_void_what_it_measured(OutcomeCode fault, InstrumentLevel level, bool isAnomaly)
    {
        await using var hub = await RemoteHubUnderTest.StartAsync();
        await hub.LeaseAsync();
        await hub.Remote.HealthAsync(Fra, new RegionVitals { Fault = fault, Detail = "seen" }, Cancel);
        await hub.Under.SettledBoardAsync();
        Assert.Equal(level, hub.Parts().Single(p => p.Name == "Region: FRA").Level);
        Assert.Equal(isAnomaly, hub.Under.Hub.Regions.Single(r => r.Region == Fra).Anomaly is not null);
    }

    private sealed class RemoteHubUnderTest : IAsyncDisposable
    {
        private static readonly OrchestratorId Who = HubUnderTest.Orchestrator(1);
        private readonly KeyedLog _seal;
        private readonly Scratch? _owned;

        private RemoteHubUnderTest(HubUnderTest under, RemoteHub remote, RefusedRegions refused, KeyedLog seal, Scratch? owned) =>
            (Under, Remote, Refused, _seal, _owned) = (under, remote, refused, seal, owned);

        public HubUnderTest Under { get; }

        public RemoteHub Remote { get; }

        public RefusedRegions Refused { get; }

        public static async Task<RemoteHubUnderTest> StartAsync(Scratch? scratch = null, VirtualTime? time = null)
        {
            var owned = scratch is null ? new Scratch() : null;
            var under = await HubUnderTest.StartAsync(scratch ?? owned, time, null, Who);
            var seal = await KeyedLog.OpenAsync((scratch ?? owned!).At("seal.jsonl"), null, Cancel);
            RegionId[] regions = [Fra, HubUnderTest.Mdw];
            var refused = new RefusedRegions(regions, under.Time, NullLogger<RefusedRegions>.Instance);
            return new RemoteHubUnderTest(under, new RemoteHub(under.Hub, regions, TestMethod.StreamTest("clip1", 15, 1), await LedRegions.SealAsync(seal, Cancel), refused, under.Time), refused, seal, owned);
        }

        public async Task<TestJob> LeaseAsync()
        {
            for (var i = 0; i < 10_000; i++)
            {
                var jobs = await Remote.LeaseAsync(Fra, 10, TimeSpan.Zero, Cancel);
                if (!jobs.IsEmpty) return jobs[0];
                Under.Time.Advance(TimeSpan.FromSeconds(1));
            }

            throw new InvalidOperationException("Nothing was to be leased in hours of virtual time.");
        }

        public void PassUntil(DateTimeOffset at) => Under.Time.Advance(at - Under.Time.GetUtcNow());

        public ImmutableArray<InstrumentState> Parts() => new RegionParts(Under.Hub, Refused, Under.Time).Current;

        /// <summary>Nobody was reached: the simplest thing that can be true.</summary>
        public static TestResult Result(TestJob job) => new()
        {
            Id = job.Id,
            Orchestrator = job.Orchestrator,
            Region = job.Region,
            PlannedAt = job.NotBefore,
            Outcome = new Outcome(OutcomeCode.Unreachable),
            Lease = job.Lease,
            Summary = new TestSummary
            {
                StartedAt = job.NotBefore, Elapsed = TimeSpan.FromSeconds(2), Method = TestMethod.StreamTest("clip1", 15, 1), Sums = new ScoreSums(0, 60, 0, 0), Averages = new LegacyAverages(0, 2, 0), SourceSegments = 15,
            },
        };

        public async ValueTask DisposeAsync()
        {
            await Under.DisposeAsync();
            await _seal.DisposeAsync();
            _owned?.Dispose();
        }
    }
}
