using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Incidents;
using Monitoring.Cluster.Liveness;
using Monitoring.Core;

namespace Monitoring.Cluster.Tests.Liveness;

/// <summary>What regions see of life, through the grains.</summary>
public sealed class LivenessTests
{
    private static readonly OrchestratorId[] All = [.. Enumerable.Range(1, 3).Select(ClusterUnderTest.Orchestrator)];
    private static readonly OrchestratorId One = All[0];
    private static readonly RegionId Fra = ClusterUnderTest.Fra;
    private static readonly RegionId Mdw = ClusterUnderTest.Mdw;

    [Fact]
    public async Task A_region_is_told_whom_to_check_and_then_only_of_changes()
    {
        await using var under = await ClusterUnderTest.StartAsync(1, null, All);
        var first = await under.Hub.LivenessOrdersAsync(Mdw, 0, TimeSpan.Zero, CancellationToken.None);
        Assert.Equal(All, first.Targets!.Value.Select(t => t.Orchestrator));
        Assert.Equal("https://192.0.2.1:8935", first.Targets.Value[0].ServiceUri);
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(2.5)), (first.Every, first.Shift));
        Assert.Null((await under.Hub.LivenessOrdersAsync(Mdw, first.Version, TimeSpan.Zero, CancellationToken.None)).Targets);

        await under.EnrolAsync(All[..2]);
        under.Time.Advance(TimeSpan.FromMinutes(11));
        await under.EnrolAsync(All[..2]);
        var orders = new LivenessOrders();
        for (var i = 0; i < 10_000 && orders.Targets is null; i++)
        {
            under.Time.Advance(TimeSpan.FromSeconds(2));
            orders = await under.Hub.LivenessOrdersAsync(Mdw, first.Version, TimeSpan.Zero, CancellationToken.None);
        }

        Assert.Equal(All[..2], orders.Targets!.Value.Select(t => t.Orchestrator));
    }

    [Fact]
    public async Task One_failure_has_the_other_regions_look_at_once()
    {
        await using var under = await ClusterUnderTest.StartAsync(1, null, All);
        var known = (await under.Hub.LivenessOrdersAsync(Mdw, 0, TimeSpan.Zero, CancellationToken.None)).Version;
        var polling = under.Hub.LivenessOrdersAsync(Mdw, known, TimeSpan.FromMinutes(1), CancellationToken.None);
        under.Time.Advance(TimeSpan.FromSeconds(1));
        await CheckAsync(under, Fra, alive: false, One);
        var orders = await polling.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal([One], orders.CheckNow);
        Assert.Empty((await under.Hub.LivenessOrdersAsync(Mdw, known, TimeSpan.Zero, CancellationToken.None)).CheckNow);
    }

    [Fact]
    public async Task An_orchestrator_that_answers_nobody_is_down_once_and_the_page_outlives_every_silo()
    {
        await using var under = await ClusterUnderTest.StartAsync(3, null, All);
        await UpAsync(under);
        for (var i = 0; i < 4; i++)
        {
            if (i == 2) await under.Cluster.KillSiloAsync(under.Cluster.Silos[1]);
            await RoundAsync(under, alive: id => id != One, TimeSpan.FromSeconds(60));
        }

        var told = await OwedAsync(under);
        var page = Assert.Single(told, n => n.Incident.Severity == Severity.Page);
        Assert.Equal((NotificationKind.Opened, $"OrchestratorDown/{One.Text}/-/1"), (page.Kind, page.Incident.Key.Text));
        Assert.Equal(["FRA", "MDW"], page.Incident.Evidence.Select(e => e.Region.Code));

        // Owed by nobody but the incidents' grain: what an orchestrator gave up it does not give again, and what it gives again is known.
        foreach (var id in All) await under.Grain(id).Tick();
        Assert.Equal(told.Select(n => (n.Incident.Key, n.Sequence)), (await OwedAsync(under)).Select(n => (n.Incident.Key, n.Sequence)));

        for (var i = 0; i < 5; i++) await RoundAsync(under, alive: _ => true, TimeSpan.FromSeconds(60));
        var resolved = (await OwedAsync(under)).Last(n => n.Incident.Key == page.Incident.Key);
        Assert.Equal((NotificationKind.Resolved, 1), (resolved.Kind, resolved.Sequence));
    }

    [Fact]
    public async Task What_was_decided_and_could_not_be_handed_over_is_owed_until_it_can()
    {
        await using var under = await ClusterUnderTest.StartAsync(1, null, All);
        await UpAsync(under);
        under.Storage.OnWrite = (name, _) => name == "incidents" ? new IOException("the database is away") : null;
        for (var i = 0; i < 3; i++) await RoundAsync(under, alive: id => id != One, TimeSpan.FromSeconds(60));
        Assert.Contains("\"Owed\":[{", under.Storage.Json("orchestrator", One.Text), StringComparison.Ordinal);
        under.Storage.OnWrite = (_, _) => null;

        // Not in the activation that decided it, either.
        await under.Cluster.DeactivateAsync(under.Grain(One));
        await under.Grain(One).Tick();
        Assert.Single(await OwedAsync(under), n => n.Incident.Severity == Severity.Page);
    }

    [Fact]
    public async Task A_state_that_cannot_be_written_tells_nobody_that_somebody_is_down()
    {
        await using var under = await ClusterUnderTest.StartAsync(1, null, All);
        await UpAsync(under);
        await RoundAsync(under, alive: id => id != One, TimeSpan.FromSeconds(60));
        under.Time.Advance(TimeSpan.FromSeconds(60));
        await CheckAsync(under, Fra, alive: false, One);
        under.Storage.OnWrite = (name, id) => name == "orchestrator" && id.Key.ToString() == One.Text ? new IOException("the database is away") : null;
        await Assert.ThrowsAnyAsync<Exception>(() => CheckAsync(under, Mdw, alive: false, One));
        Assert.Empty(await OwedAsync(under));

        // The region tells the same checks again, as it does while it is not acknowledged.
        under.Storage.OnWrite = (_, _) => null;
        for (var i = 0; i < 3; i++) await RoundAsync(under, alive: id => id != One, TimeSpan.FromSeconds(60));
        Assert.Single(await OwedAsync(under), n => n.Incident.Severity == Severity.Page);
    }

    [Fact]
    public async Task A_region_in_which_alone_most_fail_is_no_evidence_against_anybody()
    {
        OrchestratorId[] many = [.. Enumerable.Range(1, 6).Select(ClusterUnderTest.Orchestrator)];
        await using var under = await ClusterUnderTest.StartAsync(2, null, many);
        await RoundAsync(under, many, (_, _) => true, TimeSpan.FromSeconds(60));
        for (var i = 0; i < 8; i++) await RoundAsync(under, many, (_, region) => region != Fra, TimeSpan.FromSeconds(60));
        Assert.DoesNotContain(await OwedAsync(under), n => n.Incident.Key.Orchestrator is not null);
        Assert.Contains("\"LivenessAnomalies\":[{\"Region\":\"FRA\"", under.Storage.Json("region-health", "0"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_regions_that_fall_silent_at_once_page_nobody_while_a_third_is_well()
    {
        // Too few for the rule that mutes a region.
        OrchestratorId[] many = [.. Enumerable.Range(1, 4).Select(ClusterUnderTest.Orchestrator)];
        var sin = RegionId.Parse("SIN");
        await using var under = await ClusterUnderTest.StartAsync(1, InRegions(Fra, Mdw, sin), many);
        for (var i = 0; i < 2; i++) await RoundAsync(under, many, (_, _) => true, TimeSpan.FromSeconds(60), [Fra, Mdw, sin]);
        for (var i = 0; i < 6; i++) await RoundAsync(under, many, (_, region) => region == sin, TimeSpan.FromSeconds(60), [Fra, Mdw, sin]);
        Assert.DoesNotContain(await OwedAsync(under), n => n.Incident.Severity == Severity.Page);
    }

    [Fact]
    public async Task Where_nobody_answers_anybody_one_page_says_that_it_may_be_our_own_connection()
    {
        OrchestratorId[] many = [.. Enumerable.Range(1, 4).Select(ClusterUnderTest.Orchestrator)];
        await using var under = await ClusterUnderTest.StartAsync(1, InRegions(Fra), many);
        for (var i = 0; i < 2; i++) await RoundAsync(under, many, (_, _) => true, TimeSpan.FromSeconds(60), [Fra]);
        for (var i = 0; i < 8; i++)
        {
            await RoundAsync(under, many, (_, _) => false, TimeSpan.FromSeconds(60), [Fra]);
            await under.Grains.GetGrain<IIncidentGrain>(0).Look();
        }

        var page = Assert.Single(await OwedAsync(under), n => n.Incident.Severity == Severity.Page);
        Assert.Null(page.Incident.Key.Orchestrator);
        Assert.Contains("our own connection", page.Incident.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_answers_nobody_is_paged_where_others_answer_the_same_regions()
    {
        OrchestratorId[] many = [.. Enumerable.Range(1, 8).Select(ClusterUnderTest.Orchestrator)];
        var sin = RegionId.Parse("SIN");
        await using var under = await ClusterUnderTest.StartAsync(1, InRegions(Fra, Mdw, sin), many);
        for (var i = 0; i < 2; i++) await RoundAsync(under, many, (_, _) => true, TimeSpan.FromSeconds(60), [Fra, Mdw, sin]);
        for (var i = 0; i < 4; i++) await RoundAsync(under, many, (id, _) => id != One, TimeSpan.FromSeconds(60), [Fra, Mdw, sin]);
        Assert.Equal(One, Assert.Single(await OwedAsync(under), n => n.Incident.Severity == Severity.Page).Incident.Key.Orchestrator);
    }

    [Fact]
    public async Task Availability_is_beside_the_scores_and_survives_the_grains_activation()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        await RoundAsync(under, [One], (_, _) => true, TimeSpan.FromSeconds(60));
        var job = (await under.LeaseSomeAsync(Fra, One)).First();
        await under.Hub.ReportAsync(ClusterUnderTest.Result(job), CancellationToken.None);
        for (var i = 0; i < 3; i++) await RoundAsync(under, [One], (_, _) => true, TimeSpan.FromMinutes(5));
        await under.Grain(One).Tick();
        var cell = Assert.Single((await under.BoardAsync()).Rows.Single(r => r.Orchestrator == One).Cells, c => c.Region == Fra);
        Assert.Equal(1.0, cell.Availability);
        await under.Cluster.DeactivateAsync(under.Grain(One));
        Assert.Equal(1.0, (await under.Grain(One).Row())!.Cells.Single(c => c.Region == Fra).Availability);
    }

    [Fact]
    public async Task A_report_that_cannot_be_used_and_a_region_that_is_none_are_refused()
    {
        await using var under = await ClusterUnderTest.StartAsync(1, null, All);
        var future = new LivenessReport { Checks = [new LivenessCheck(One, under.Time.GetUtcNow().AddMinutes(1), true, OutcomeCode.Completed)] };
        await Assert.ThrowsAsync<ArgumentException>(() => under.Hub.LivenessAsync(Fra, future, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => under.Hub.LivenessOrdersAsync(RegionId.Parse("NYC"), 0, TimeSpan.Zero, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => under.Grains.GetGrain<ILivenessGrain>("NYC").Report(new LivenessReport()));
    }

    /// <summary>What waits to be told of orchestrators and of the network; not of the instrument.</summary>
    internal static async Task<List<Notification>> OwedAsync(ClusterUnderTest under) =>
        [.. (await under.Grains.GetGrain<IIncidentGrain>(0).Next(1000)).Where(n => n.Incident.Key.Rule == IncidentRule.OrchestratorDown)];

    internal static Task CheckAsync(ClusterUnderTest under, RegionId region, bool alive, params OrchestratorId[] ids) => under.Hub.LivenessAsync(
        region,
        new LivenessReport { Checks = [.. ids.Select(id => new LivenessCheck(id, under.Time.GetUtcNow(), alive, alive ? OutcomeCode.Completed : OutcomeCode.Unreachable))] },
        CancellationToken.None);

    private static HubRules InRegions(params RegionId[] regions) => ClusterUnderTest.Rules with
    {
        Policy = ClusterUnderTest.Rules.Policy with { Schedule = ClusterUnderTest.Rules.Policy.Schedule with { Regions = [.. regions], TestsPerDay = 240 } },
    };

    internal static async Task RoundAsync(ClusterUnderTest under, OrchestratorId[] ids, Func<OrchestratorId, RegionId, bool> alive, TimeSpan then, RegionId[]? regions = null, bool? controls = null)
    {
        foreach (var region in regions ?? [.. ClusterUnderTest.Rules.Policy.Schedule.Regions])
        {
            // As a region does it: what is not acknowledged is told again.
            var checks = ids.Select(id => new LivenessCheck(id, under.Time.GetUtcNow(), alive(id, region), alive(id, region) ? OutcomeCode.Completed : OutcomeCode.Unreachable));
            var report = new LivenessReport { Checks = [.. checks], ControlsWell = controls };
            for (var i = 0; ; i++)
            {
                try
                {
                    await under.Hub.LivenessAsync(region, report, CancellationToken.None);
                    break;
                }
                catch (Exception e) when (i < 20 && e is Orleans.Runtime.OrleansException or TimeoutException)
                {
                }
            }
        }

        under.Time.Advance(then);
    }

    private static Task UpAsync(ClusterUnderTest under) => RoundAsync(under, alive: _ => true, TimeSpan.FromSeconds(60));

    private static Task RoundAsync(ClusterUnderTest under, Func<OrchestratorId, bool> alive, TimeSpan then) => RoundAsync(under, All, (id, _) => alive(id), then);
}
