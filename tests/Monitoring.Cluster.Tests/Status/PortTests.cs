using Monitoring.Core;
using Monitoring.Web;

namespace Monitoring.Cluster.Tests.Status;

/// <summary>What the web asks of a hub's silo, answered from the grains.</summary>
public sealed class PortTests
{
    private static readonly OrchestratorId[] All = [.. Enumerable.Range(1, 3).Select(ClusterUnderTest.Orchestrator)];
    private static readonly RegionId Fra = ClusterUnderTest.Fra;
    private static readonly DateOnly Day = new(2026, 11, 20);

    [Fact]
    public async Task The_status_shows_queues_enrolment_and_who_fails_where()
    {
        await using var under = await ClusterUnderTest.StartAsync(2, null, All);
        await under.LeaseSomeAsync(Fra, All);
        await under.BoardAsync();
        await Liveness.LivenessTests.CheckAsync(under, Fra, alive: false, All[1]);
        await under.Grains.GetGrain<Cluster.Incidents.IIncidentGrain>(0).Look();
        await under.PullAsync();
        var status = under.Service<IHubStatus>().Current;
        var fra = status.Regions.Single(r => r.Region == Fra);
        Assert.True(fra.Leased > 0);
        Assert.Equal(under.Time.GetUtcNow(), fra.LastSeen!.Value, TimeSpan.FromMinutes(1));
        Assert.Equal((3, true), (status.Enrolled, status.IsStoring));
        Assert.Equal([new HubFailingSight(All[1], Fra, 1)], status.Failing);
        under.Store.IsFull = true;
        await Assert.ThrowsAsync<Storage.StorageFullException>(() => under.Grain(All[0]).Post(Posted(All[0], "t1")));
        Assert.Contains(new[] { 0, 1 }, i => !under.Cluster.GetSiloServiceProvider(under.Cluster.Silos[i].SiloAddress).GetRequiredServiceOf<IHubStatus>().Current.IsStoring);
    }

    [Fact]
    public async Task The_book_lists_the_active_set_and_nobody_who_left()
    {
        await using var under = await ClusterUnderTest.StartAsync(1, null, All);
        await under.PullAsync();
        var book = under.Service<IOrchestratorBook>();
        Assert.Equal(All, book.Enrolled.Keys.Order());
        Assert.Equal("https://192.0.2.2:8935", book.Enrolled[All[1]].ServiceUri);
        await under.EnrolAsync(All[..2]);
        under.Time.Advance(TimeSpan.FromMinutes(11));
        await under.EnrolAsync(All[..2]);
        await under.PullAsync();
        Assert.Equal(All[..2], book.Enrolled.Keys.Order());
    }

    [Fact]
    public async Task A_posted_result_is_stored_and_shown_and_one_for_a_region_of_ours_is_refused()
    {
        await using var under = await ClusterUnderTest.StartAsync(1, null, All);
        var posts = under.Service<IPostedResults>();
        Assert.Equal(PostAnswer.Stored, await posts.PostAsync(Posted(All[0], "p1"), CancellationToken.None));
        Assert.Equal(PostAnswer.Stored, await posts.PostAsync(Posted(All[0], "p1"), CancellationToken.None));
        Assert.Single(await under.StoredAsync(), r => r.Region.Code == "NYC");
        Assert.Equal(PostAnswer.Refused, await posts.PostAsync(Posted(All[0], "p2") with { Region = Fra }, CancellationToken.None));
        under.Store.IsFull = true;
        Assert.Equal(PostAnswer.Unavailable, await posts.PostAsync(Posted(All[0], "p3"), CancellationToken.None));
        under.Store.IsFull = false;
        under.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(PostAnswer.Stored, await posts.PostAsync(Posted(All[0], "p3"), CancellationToken.None));
    }

    [Fact]
    public async Task A_day_is_committed_to_before_and_told_whole_after_it_is_over_also_by_another_silo()
    {
        await using var under = await ClusterUnderTest.StartAsync(2, null, All);
        await under.PullAsync();
        var book = under.Service<IScheduleBook>();
        var tomorrow = book.Find(Day.AddDays(1))!;
        var today = book.Find(Day)!;
        Assert.Equal((64, null, null), (today.Commitment.Length, today.Secret, tomorrow.Secret));
        Assert.Empty(today.Enrolment);
        Assert.Null(book.Find(Day.AddDays(2)));
        under.Time.Advance(TimeSpan.FromHours(13));
        await under.EnrolAsync(All[..2]);
        under.Time.Advance(TimeSpan.FromMinutes(11));
        await under.EnrolAsync(All[..2]);
        await under.Cluster.KillSiloAsync(under.Cluster.Silos[0]);
        for (var i = 0; i < 20 && under.Service<IScheduleBook>().Find(Day)?.Enrolment is not { Length: > 0 }; i++) await under.PullAsync();
        var over = under.Service<IScheduleBook>().Find(Day)!;
        Assert.Equal(today.Commitment, over.Commitment);
        Assert.Equal(over.Commitment, DaySeed.Commitment(Convert.FromHexString(over.Secret!)));
        Assert.Equal(All, over.Enrolment.Select(e => e.Orchestrator));
        Assert.Equal(ClusterUnderTest.Rules.Policy.Schedule.TestsPerDay, Assert.Single(over.Rules).TestsPerDay);

        // Anybody can recompute the plan from that.
        var seed = DaySeed.From(Convert.FromHexString(over.Secret!), DaySeed.DateAnchor(Day));
        var share = over.Enrolment.Single(e => e.Orchestrator == All[0]);
        Assert.NotEmpty(DayPlan.For(seed, Day, All[0], new SlotShare(share.Endpoint!, share.Index, share.Count), ClusterUnderTest.Rules.Policy.Schedule));
    }

    [Fact]
    public async Task What_a_region_tells_of_itself_and_what_was_refused_of_it_is_the_same_on_every_silo()
    {
        await using var under = await ClusterUnderTest.StartAsync(2, null, All);
        var told = new RegionVitals { Software = "1.2", StartedAt = under.Time.GetUtcNow(), Workers = 16, Busy = 3, Spooled = 7, ClockOffset = TimeSpan.FromMilliseconds(12), Alarms = ["The deposit is low."] };
        await under.Hub.HealthAsync(Fra, told, CancellationToken.None);
        await Assert.ThrowsAsync<ArgumentException>(() => under.Hub.HealthAsync(Fra, told with { Workers = -1 }, CancellationToken.None));
        var one = under.Cluster.GetSiloServiceProvider(under.Cluster.Silos[0].SiloAddress);
        one.GetRequiredServiceOf<IRegionRefusals>().Refused(Fra, RefusalKind.NotAuthentic, "its signature is wrong");
        one.GetRequiredServiceOf<IRegionRefusals>().Refused(RegionId.Parse("XXX"), RefusalKind.NotAuthentic, "its signature is wrong");
        foreach (var silo in under.Cluster.Silos)
        {
            var services = under.Cluster.GetSiloServiceProvider(silo.SiloAddress);
            await services.GetRequiredServiceOf<Cluster.Status.SiloViews>().PullAsync();
            await services.GetRequiredServiceOf<Cluster.Status.SiloViews>().PullAsync();
            var standing = services.GetRequiredServiceOf<Cluster.Status.SiloHubStatus>().Regions.Single(r => r.Region == Fra);
            Assert.Equal((16, 7, "1.2"), (standing.Vitals!.Workers, standing.Vitals.Spooled, standing.Vitals.Software));
            Assert.Equal(told.Alarms.AsEnumerable(), standing.Vitals.Alarms);
            Assert.Equal(("NotAuthentic", 1, "its signature is wrong"), (standing.Refused.Single().Kind, standing.Refused.Single().Count, standing.Refused.Single().Reason));
        }

        // Controls that fail there are the region's fault, and no orchestrator's.
        await under.Hub.HealthAsync(Fra, told with { Fault = OutcomeCode.OurNetwork, Detail = "no route" }, CancellationToken.None);
        await under.PullAsync();
        Assert.True(under.Service<IHubStatus>().Current.Regions.Single(r => r.Region == Fra).IsAnomalous);
        var parts = under.Service<IInstrumentStatus>().Current;
        var fra = parts.Single(p => p.Name == "Region: FRA");
        Assert.Equal(InstrumentLevel.Alarm, fra.Level);
        Assert.Contains("are void", fra.Text, StringComparison.Ordinal);
        Assert.Contains("7 in its spool", fra.Text, StringComparison.Ordinal);
        Assert.Equal(InstrumentLevel.Ok, parts.Single(p => p.Name == "Results").Level);
    }

    private static OutcomeRevision Posted(OrchestratorId id, string name)
    {
        var at = new DateTimeOffset(2026, 11, 20, 11, 0, 0, TimeSpan.Zero);
        return new OutcomeRevision
        {
            Test = TestId.Posted(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(name))),
            Revision = OutcomeRevision.Measured,
            Orchestrator = id,
            Region = RegionId.Parse("NYC"),
            TestTime = at,
            RecordedAt = at,
            Outcome = new Outcome(OutcomeCode.Completed),
            Summary = new TestSummary { StartedAt = at, Method = TestMethod.Posted, Sums = new ScoreSums(1, 1, 2_000_000, 1_000_000), Averages = new LegacyAverages(1, 2, 1), Posted = new PostedDetail() },
        };
    }
}

internal static class Services
{
    public static T GetRequiredServiceOf<T>(this IServiceProvider services) where T : notnull => Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<T>(services);
}
