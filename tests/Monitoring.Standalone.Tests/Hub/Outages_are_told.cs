using Monitoring.Core;
using Monitoring.Testing;

namespace Monitoring.Standalone.Tests.Hub;

public sealed class Outages_are_told
{
    private static readonly OrchestratorId One = HubUnderTest.Orchestrator(1);
    private static readonly OrchestratorId Two = HubUnderTest.Orchestrator(2);

    [Fact]
    public async Task A_failure_in_one_region_has_the_other_look_at_once()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: [One, Two]);
        await AnswerAsync(under, One);
        var targets = await under.Hub.LivenessOrdersAsync(HubUnderTest.Mdw, 0, TimeSpan.FromMinutes(1), CancellationToken.None);
        var waiting = under.Hub.LivenessOrdersAsync(HubUnderTest.Mdw, targets.Version, TimeSpan.FromMinutes(10), CancellationToken.None);
        await PassAsync(under);
        await CheckAsync(under, HubUnderTest.Fra, One, alive: false);
        Assert.Equal([One], (await waiting.WaitAsync(TimeSpan.FromSeconds(60), CancellationToken.None)).CheckNow);

        // Ordered once: the next call waits for the next order.
        Assert.Empty((await under.Hub.LivenessOrdersAsync(HubUnderTest.Mdw, targets.Version, TimeSpan.Zero, CancellationToken.None)).CheckNow);
    }

    [Fact]
    public async Task An_outage_is_told_once_and_its_end_once()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: [One, Two]);
        await AnswerAsync(under, One, Two);
        await FailAsync(under);
        var opened = await under.Sink.NextAsync();
        Assert.Equal((NotificationKind.Opened, Severity.Page, IncidentRule.OrchestratorDown), (opened.Kind, opened.Incident.Severity, opened.Incident.Key.Rule));
        Assert.Equal([HubUnderTest.Fra, HubUnderTest.Mdw], opened.Incident.Evidence.Select(e => e.Region));
        await FailAsync(under);
        for (var i = 0; i < 4; i++) await AnswerAsync(under, One, Two);
        Assert.Equal(NotificationKind.Resolved, (await under.Sink.NextAsync()).Kind);
        Assert.False(under.Sink.HasNew);
    }

    [Fact]
    public async Task Where_nobody_else_answers_and_nobody_asked_the_controls_the_network_is_told_of()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: One);
        await AnswerAsync(under, One);
        await FailAsync(under);
        var opened = (await under.Sink.NextAsync()).Incident;
        Assert.Equal(("OrchestratorDown/-/-/1", Severity.Page), (opened.Key.Text, opened.Severity));
        for (var i = 0; i < 4; i++) await AnswerAsync(under, One);
        Assert.Equal(NotificationKind.Resolved, (await under.Sink.NextAsync()).Kind);
        Assert.False(under.Sink.HasNew);
    }

    [Fact]
    public async Task What_the_sink_refuses_is_told_when_it_takes_it()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: One);
        under.Sink.Refuses = true;
        await AnswerAsync(under, One);
        await FailAsync(under);
        await under.Sink.NextRefusalAsync();
        under.Sink.Refuses = false;
        await UntilToldAsync(under);
        Assert.Equal(NotificationKind.Opened, (await under.Sink.NextAsync()).Kind);
    }

    [Fact]
    public async Task A_killed_hub_knows_the_outage_tells_it_once_and_sees_its_end()
    {
        using var scratch = new Scratch();
        var time = new VirtualTime(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        var sink = new Sink { Refuses = true };
        var under = await HubUnderTest.StartAsync(null, scratch, time, null, [One, Two], sink);
        await AnswerAsync(under, One, Two);
        await FailAsync(under);
        await sink.NextRefusalAsync();
        await under.KillAsync();
        sink.Refuses = false;

        await using var again = await HubUnderTest.StartAsync(null, scratch, time, null, [One, Two], sink);
        Assert.Equal("OrchestratorDown/" + One.Text + "/-/1", (await sink.NextAsync()).Incident.Key.Text);
        for (var i = 0; i < 4; i++) await AnswerAsync(again, One, Two);
        Assert.Equal(NotificationKind.Resolved, (await sink.NextAsync()).Kind);
        Assert.False(sink.HasNew);
    }

    [Fact]
    public async Task Many_that_fail_in_one_region_alone_are_the_regions_fault()
    {
        var all = Enumerable.Range(1, 8).Select(HubUnderTest.Orchestrator).ToArray();
        await using var under = await HubUnderTest.StartAsync(enrolled: all);
        foreach (var id in all) await AnswerAsync(under, id);
        for (var i = 0; i < 10; i++)
        {
            await PassAsync(under);
            foreach (var id in all)
            {
                await CheckAsync(under, HubUnderTest.Mdw, id, alive: true);
                await CheckAsync(under, HubUnderTest.Fra, id, alive: false);
            }
        }

        var told = await under.Sink.NextAsync();
        Assert.Equal((IncidentRule.RegionAnomaly, (RegionId?)HubUnderTest.Fra, Severity.Warning), (told.Incident.Key.Rule, told.Incident.Key.Region, told.Incident.Severity));
        Assert.False(under.Sink.HasNew);
    }

    [Fact]
    public async Task The_board_shows_how_much_of_the_day_it_was_up()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: One);
        var job = (await under.LeaseSomeAsync(HubUnderTest.Fra)).Single();
        await under.Hub.ReportAsync(HubUnderTest.Result(job), CancellationToken.None);
        await under.SettledBoardAsync();
        for (var i = 0; i < 4; i++)
        {
            under.Time.Advance(TimeSpan.FromMinutes(6));
            await CheckAsync(under, HubUnderTest.Fra, One, alive: i > 0);
        }

        under.Time.Advance(TimeSpan.FromMinutes(11));
        LeaderboardCell cell;
        do cell = Assert.Single((await under.SettledBoardAsync()).Rows.Single().Cells, c => c.Region == HubUnderTest.Fra);
        while (cell.Availability == 1);
        Assert.Equal(0.8, cell.Availability!.Value, 12);
    }

    // The first fails; the second, where he is enrolled, answers, or nobody could tell an orchestrator's outage from the network's.
    private static async Task FailAsync(HubUnderTest under)
    {
        for (var i = 0; i < 3; i++)
        {
            await PassAsync(under);
            await CheckAsync(under, HubUnderTest.Fra, Two, alive: true);
            await CheckAsync(under, HubUnderTest.Mdw, Two, alive: true);
            await CheckAsync(under, HubUnderTest.Fra, One, alive: false);
            await CheckAsync(under, HubUnderTest.Mdw, One, alive: false);
        }
    }

    private static async Task AnswerAsync(HubUnderTest under, params OrchestratorId[] ids)
    {
        await PassAsync(under);
        foreach (var id in ids)
        {
            await CheckAsync(under, HubUnderTest.Fra, id, alive: true);
            await CheckAsync(under, HubUnderTest.Mdw, id, alive: true);
        }
    }

    // Regions ask for work as time passes, or they are stale and have no vote.
    private static async Task PassAsync(HubUnderTest under)
    {
        under.Time.Advance(TimeSpan.FromMinutes(1));
        await under.Hub.LeaseAsync(HubUnderTest.Fra, 1, TimeSpan.Zero, CancellationToken.None);
        await under.Hub.LeaseAsync(HubUnderTest.Mdw, 1, TimeSpan.Zero, CancellationToken.None);
    }

    private static async Task UntilToldAsync(HubUnderTest under)
    {
        while (!under.Sink.HasNew)
        {
            under.Time.Advance(TimeSpan.FromSeconds(1));
            await under.Hub.ExtendAsync(HubUnderTest.Fra, TestId.OnDemand("nothing"), CancellationToken.None);
        }
    }

    private static Task CheckAsync(HubUnderTest under, RegionId region, OrchestratorId id, bool alive) => under.Hub.LivenessAsync(
        region,
        new LivenessReport { Checks = [new LivenessCheck(id, under.Time.GetUtcNow(), alive, alive ? OutcomeCode.Completed : OutcomeCode.Unreachable)] },
        CancellationToken.None);
}
