namespace Monitoring.Alerting.Tests;

public sealed class Routes_decide_who_is_told
{
    private static readonly Route Pages = new() { Name = "pages", Least = Severity.Page, Channels = ["pager"], GoesOn = true };
    private static readonly Route Fra = new() { Name = "fra", Regions = [RegionId.Parse("FRA")], Channels = ["fra-chat"] };
    private static readonly Router Router = new([Pages, Fra], ["rest"]);

    [Fact]
    public void The_first_that_matches_decides_unless_it_goes_on()
    {
        Assert.Equal(["pager", "fra-chat"], Channels(Incidents.Opened().Incident));
        Assert.Equal(["fra-chat"], Channels(Incidents.Opened(severity: Severity.Warning).Incident));
    }

    [Fact]
    public void What_no_route_matches_goes_the_default_way()
    {
        var elsewhere = Incidents.Opened(severity: Severity.Info).Incident;
        elsewhere = elsewhere with { Key = elsewhere.Key with { Region = RegionId.Parse("SIN") }, Evidence = [] };
        Assert.Equal(["rest"], Channels(elsewhere));
    }

    [Fact]
    public void An_incident_of_all_regions_matches_a_region_that_has_evidence_of_it()
    {
        var everywhere = Incidents.Opened(severity: Severity.Info).Incident;
        everywhere = everywhere with { Key = everywhere.Key with { Region = null } };
        Assert.Equal(["fra-chat"], Channels(everywhere));
        Assert.Equal(["rest"], Channels(everywhere with { Evidence = [] }));
    }

    [Fact]
    public void Orchestrator_and_rule_narrow_a_route()
    {
        var mine = new Route { Name = "mine", Orchestrators = [Incidents.Orchestrator(1)], Rules = [IncidentRule.OrchestratorDown], Channels = ["a"] };
        Assert.True(mine.Matches(Incidents.Opened(1).Incident));
        Assert.False(mine.Matches(Incidents.Opened(2).Incident));
        var slide = Incidents.Opened(1).Incident;
        Assert.False(mine.Matches(slide with { Key = slide.Key with { Rule = IncidentRule.ScoreSlide } }));
        Assert.False(mine.Matches(slide with { Key = slide.Key with { Orchestrator = null } }));
    }

    [Fact]
    public async Task Whoever_was_told_of_the_beginning_is_told_of_the_end_though_the_severity_changed()
    {
        await using var pager = await TestReceiver.StartAsync();
        await using var rest = await TestReceiver.StartAsync();
        await using var rig = await AlertRig.StartAsync(
            new() { ["pager"] = AlertRig.Webhook(pager), ["rest"] = AlertRig.Webhook(rest) }, new Router([new Route { Name = "pages", Least = Severity.Page, Channels = ["pager"] }], ["rest"]));
        var opened = Incidents.Opened();
        await rig.TakeAsync(opened);
        var calmer = opened.Changed(Severity.Warning);
        await rig.TakeAsync(calmer);
        await rig.TakeAsync(calmer.Resolved());
        await pager.UntilAsync(3);
        await rest.UntilAsync(2);
        Assert.EndsWith("#2", pager.All[2].EventId, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Channels(Incident incident) => Router.ReceiversOf(incident).Select(r => r.Channel);
}
