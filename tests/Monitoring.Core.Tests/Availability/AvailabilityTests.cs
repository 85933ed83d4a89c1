using System.Text.Json;
using System.Text.Json.Nodes;
using static Monitoring.Core.Tests.Sample;

namespace Monitoring.Core.Tests;

public sealed class AvailabilityTests
{
    private static Watched WellKnown(params RegionId[] regions)
    {
        var watched = new Watched(regions);
        watched.Rounds(4, alive: true, regions);
        Assert.Equal(AvailabilityPhase.Up, watched.Availability.Phase);
        Assert.Empty(watched.Told);
        return watched;
    }

    [Fact]
    public void One_failure_makes_a_suspect_and_asks_the_other_regions_at_once()
    {
        var watched = WellKnown(Fra, Mdw, Sin);
        watched.Pass(60);
        watched.Asked.Clear();
        watched.Check(false, Mdw);
        Assert.Equal(AvailabilityPhase.Suspect, watched.Availability.Phase);
        Assert.Equal([Fra, Sin], watched.Asked);
        Assert.Empty(watched.Told);
    }

    [Fact]
    public void A_lost_packet_never_pages()
    {
        foreach (var regions in new RegionId[][] { [Mdw], [Fra, Mdw], [Fra, Mdw, Sin] })
        {
            var watched = WellKnown(regions);
            for (var i = 0; i < 50; i++)
            {
                watched.Pass(60);
                watched.Check(false, regions[i % regions.Length]);
                watched.Pass(3);
                watched.Check(true, regions);
            }

            Assert.Equal(AvailabilityPhase.Up, watched.Availability.Phase);
            Assert.Empty(watched.Told);
        }
    }

    [Fact]
    public void A_burst_of_failures_within_seconds_is_one_failure()
    {
        var watched = WellKnown(Mdw);
        watched.Pass(60);
        for (var i = 0; i < 20; i++)
        {
            watched.Pass(2);
            watched.Check(false, Mdw);
        }

        Assert.Equal(AvailabilityPhase.Suspect, watched.Availability.Phase);
        Assert.Empty(watched.Told);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(5, 3)]
    public void Down_needs_a_quorum_of_regions(int regions, int quorum)
    {
        RegionId[] all = [.. Enumerable.Range(0, regions).Select(i => RegionId.Parse($"R{i}"))];
        for (var failing = 1; failing <= regions; failing++)
        {
            var watched = WellKnown(all);
            for (var i = 0; i < 3; i++)
            {
                watched.Rounds(1, alive: false, all[..failing]);
                watched.Check(true, all[failing..]);
            }

            Assert.Equal(failing >= quorum ? AvailabilityPhase.Down : AvailabilityPhase.Suspect, watched.Availability.Phase);
            Assert.Equal(failing >= quorum ? 1 : 0, watched.Pages.Count());
        }
    }

    [Fact]
    public void Where_there_is_one_region_three_of_three_a_minute_apart_are_needed()
    {
        var watched = WellKnown(Mdw);
        watched.Rounds(2, alive: false, Mdw);
        Assert.Equal(AvailabilityPhase.Suspect, watched.Availability.Phase);
        watched.Rounds(1, alive: false, Mdw);
        Assert.Equal(AvailabilityPhase.Down, watched.Availability.Phase);
        var page = Assert.Single(watched.Told);
        Assert.Equal((NotificationKind.Opened, Severity.Page, "OrchestratorDown/" + Someone.Text + "/-/1"), (page.Kind, page.Incident.Severity, page.Incident.Key.Text));
        Assert.Equal(watched.Now.AddMinutes(-2), page.Incident.Since);
        Assert.Contains("3 in a row", Assert.Single(page.Incident.Evidence).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Coming_up_takes_more_answers_than_going_down_took_failures()
    {
        var alone = WellKnown(Mdw);
        alone.Rounds(3, alive: false, Mdw);
        alone.Rounds(3, alive: true, Mdw);
        Assert.Equal(AvailabilityPhase.Recovering, alone.Availability.Phase);
        Assert.Single(alone.Told);
        alone.Rounds(1, alive: true, Mdw);
        Assert.Equal(AvailabilityPhase.Up, alone.Availability.Phase);
        Assert.Equal(NotificationKind.Resolved, alone.Told[^1].Kind);

        var many = WellKnown(Fra, Mdw, Sin);
        many.Rounds(2, alive: false, Fra, Mdw, Sin);
        Assert.Equal(AvailabilityPhase.Down, many.Availability.Phase);
        many.Rounds(2, alive: true, Fra, Mdw, Sin);
        Assert.Equal(AvailabilityPhase.Recovering, many.Availability.Phase);
        many.Rounds(1, alive: true, Fra, Mdw, Sin);
        Assert.Equal(AvailabilityPhase.Up, many.Availability.Phase);
        Assert.Equal([NotificationKind.Opened, NotificationKind.Resolved], many.Told.Select(n => n.Kind));
        Assert.Equal([0, 1], many.Told.Select(n => n.Sequence));
    }

    [Fact]
    public void A_relapse_while_recovering_is_the_same_incident()
    {
        var watched = WellKnown(Fra, Mdw, Sin);
        watched.Rounds(2, alive: false, Fra, Mdw, Sin);
        watched.Rounds(1, alive: true, Fra, Mdw, Sin);
        watched.Rounds(1, alive: false, Fra, Mdw, Sin);
        Assert.Equal(AvailabilityPhase.Down, watched.Availability.Phase);
        Assert.Single(watched.Told);
    }

    [Fact]
    public void One_region_against_the_others_is_a_warning_about_its_path_and_no_page()
    {
        var watched = WellKnown(Fra, Mdw, Sin);
        for (var i = 0; i < 12; i++)
        {
            watched.Rounds(1, alive: false, Mdw);
            watched.Check(true, Fra, Sin);
        }

        var told = Assert.Single(watched.Told);
        Assert.Equal((Severity.Warning, (RegionId?)Mdw), (told.Incident.Severity, told.Incident.Key.Region));
        Assert.Equal(AvailabilityPhase.Down, watched.Availability.SightOf(Mdw).Phase);
        Assert.Equal(AvailabilityPhase.Up, watched.Availability.Phase);
        watched.Rounds(3, alive: true, Fra, Mdw, Sin);
        Assert.Equal([NotificationKind.Opened, NotificationKind.Resolved], watched.Told.Select(n => n.Kind));
    }

    [Fact]
    public void A_region_whose_anomaly_lasts_has_no_vote_and_what_it_saw_is_forgotten()
    {
        var watched = WellKnown(Fra, Mdw, Sin);
        watched.Rounds(1, alive: false, Fra, Mdw);
        watched.Regions = RegionHealthView.Well with { Muted = [new AnomalySpan(Mdw, Noon, null, "most fail here")] };
        for (var i = 0; i < 8; i++)
        {
            watched.Rounds(1, alive: false, Fra, Mdw);
            watched.Check(true, Sin);
        }

        Assert.Empty(watched.Pages);
        Assert.Equal(0, watched.Availability.SightOf(Mdw).Failures);

        // Its path from FRA was known to be down: SIN must see it fail for as long as one that votes alone.
        watched.Rounds(4, alive: false, Fra, Sin);
        Assert.Empty(watched.Pages);
        watched.Rounds(1, alive: false, Fra, Sin);
        Assert.Single(watched.Pages);
    }

    [Fact]
    public void A_region_that_was_asked_in_vain_has_no_vote()
    {
        var watched = WellKnown(Fra, Mdw);
        watched.Regions = RegionHealthView.Well with { Stale = [Fra] };
        watched.Rounds(4, alive: false, Mdw);
        Assert.Empty(watched.Pages);
        watched.Rounds(1, alive: false, Mdw);
        Assert.Single(watched.Pages);
    }

    [Fact]
    public void Without_valid_evidence_it_is_unknown_and_goes_nowhere()
    {
        var watched = WellKnown(Fra, Mdw, Sin);
        watched.Rounds(1, alive: false, Fra);
        watched.Pass(3600);
        Assert.True(watched.Availability.IsUnknown(watched.Now, Sample.Policy));
        Assert.Empty(watched.Told);
        watched.On(new Event.LivenessChecked(Mdw, [new LivenessCheck(Someone, Noon.AddMinutes(6), false, OutcomeCode.Unreachable), new LivenessCheck(Someone, Noon.AddMinutes(7), false, OutcomeCode.Unreachable)]));
        Assert.True(watched.Availability.IsUnknown(watched.Now, Sample.Policy));
        Assert.Equal(0, watched.Availability.SightOf(Mdw).Failures);
    }

    [Fact]
    public void In_announced_maintenance_nothing_is_down_and_nothing_is_held_against_it()
    {
        var watched = WellKnown(Fra, Mdw, Sin);
        watched.On(new Event.RecordChanged(Record() with { Maintenance = [new MaintenanceWindow(watched.Now, watched.Now.AddHours(2))] }));
        watched.Rounds(60, alive: false, Fra, Mdw, Sin);
        Assert.True(watched.Availability.Maintenance);
        Assert.Empty(watched.Pages);
        Assert.Equal(1.0, watched.Availability.SightOf(Mdw).Window.Availability(watched.Now));
        watched.Rounds(65, alive: false, Fra, Mdw, Sin);
        Assert.False(watched.Availability.Maintenance);
        Assert.Single(watched.Pages);
    }

    [Fact]
    public void Who_flaps_is_one_incident_until_it_is_steady()
    {
        var watched = WellKnown(Fra, Mdw, Sin);
        for (var i = 0; i < 6; i++)
        {
            watched.Rounds(3, alive: false, Fra, Mdw, Sin);
            watched.Rounds(4, alive: true, Fra, Mdw, Sin);
        }

        Assert.True(watched.Availability.Flapping);
        Assert.Equal(3, watched.Told.Count(n => n.Kind == NotificationKind.Opened));
        Assert.Contains("flaps", watched.Told[^1].Incident.Summary, StringComparison.Ordinal);
        watched.Rounds(125, alive: true, Fra, Mdw, Sin);
        Assert.False(watched.Availability.Flapping);
        Assert.Equal(NotificationKind.Resolved, watched.Told[^1].Kind);
        Assert.Equal(3, watched.Told.Count(n => n.Kind == NotificationKind.Resolved));
    }

    [Theory]
    [InlineData(OutcomeCode.Unreachable, true)]
    [InlineData(OutcomeCode.DiscoveryTimedOut, true)]
    [InlineData(OutcomeCode.TlsFailed, true)]
    [InlineData(OutcomeCode.ResultTimedOut, false)]
    [InlineData(OutcomeCode.TranscodeFailed, false)]
    [InlineData(OutcomeCode.Capped, false)]
    [InlineData(OutcomeCode.PricedOut, false)]
    [InlineData(OutcomeCode.Incompatible, false)]
    [InlineData(OutcomeCode.OurNetwork, false)]
    [InlineData(OutcomeCode.OurOverload, false)]
    [InlineData(OutcomeCode.RegionAnomaly, false)]
    public void Tests_are_evidence_too_but_excluded_and_void_are_never_down(OutcomeCode code, bool down)
    {
        var watched = new Watched(Mdw);
        for (var i = 0; i < 5; i++)
        {
            watched.Pass(60);
            watched.Test(code, Mdw);
        }

        Assert.Equal(down ? AvailabilityPhase.Down : AvailabilityPhase.Up, watched.Availability.Phase);
        Assert.Equal(down ? 1 : 0, watched.Pages.Count());
    }

    [Fact]
    public void Every_code_that_says_dead_is_a_fault()
    {
        foreach (var code in Enum.GetValues<OutcomeCode>())
        {
            var alive = LivenessEvidence.Of(code);
            if (alive == false) Assert.Equal(OutcomeClass.Fault, OutcomeCodes.ClassOf(code));
            if (OutcomeCodes.ClassOf(code) is OutcomeClass.Void or OutcomeClass.NotRun) Assert.Null(alive);
        }
    }

    [Fact]
    public void Who_leaves_the_active_set_is_nobody_to_be_woken_for()
    {
        var watched = WellKnown(Fra, Mdw, Sin);
        watched.Rounds(2, alive: false, Fra, Mdw, Sin);
        watched.On(new Event.Withdrawn(watched.Now));
        Assert.Equal([NotificationKind.Opened, NotificationKind.Resolved], watched.Told.Select(n => n.Kind));
        Assert.Contains("left", watched.Told[^1].Incident.Summary, StringComparison.Ordinal);
        watched.Rounds(5, alive: false, Fra, Mdw, Sin);
        Assert.Equal(2, watched.Told.Count);
    }

    [Fact]
    public void What_is_owed_is_told_again_until_it_is_taken()
    {
        var watched = WellKnown(Mdw);
        watched.Rounds(3, alive: false, Mdw);
        Assert.Contains(watched.On(new Event.Ticked()), e => e is Effect.OpenIncident);
        var owed = Assert.Single(watched.Availability.Incidents.Owed);
        watched.On(new Event.NotificationTaken(owed.Incident.Key, owed.Sequence));
        Assert.Empty(watched.Availability.Incidents.Owed);
        Assert.DoesNotContain(watched.On(new Event.Ticked()), e => e is Effect.OpenIncident);
        Assert.NotNull(watched.Availability.Incidents.Find(IncidentRule.OrchestratorDown));
    }

    [Fact]
    public void A_restart_opens_and_resolves_nothing_twice()
    {
        var watched = WellKnown(Fra, Mdw, Sin);
        watched.Rounds(2, alive: false, Fra, Mdw, Sin);
        var kept = JsonSerializer.Deserialize<AvailabilityState>(JsonSerializer.Serialize(watched.Availability))!;
        var env = new Env(watched.Now, Sample.Policy, RegionHealthView.Well, (_, _, _) => []);
        var again = Orchestrator.On(OrchestratorState.New(Someone), new Event.Ticked(), env).State;
        var remembered = Orchestrator.On(again, new Event.AvailabilityRemembered(kept), env);
        Assert.Equal(0, Assert.Single(remembered.Effects.OfType<Effect.OpenIncident>()).Notification.Sequence);
        var enrolled = Orchestrator.On(remembered.State, new Event.Enrolled(Record(), Noon), env);
        Assert.Equal(AvailabilityPhase.Down, enrolled.State.Availability.Phase);
        Assert.DoesNotContain(enrolled.Effects, e => e is Effect.OpenIncident or Effect.ResolveIncident);
    }

    [Fact]
    public void A_state_that_was_stored_before_there_was_availability_is_read()
    {
        var stored = JsonNode.Parse(JsonSerializer.Serialize(OrchestratorState.New(Someone)))!.AsObject();
        Assert.True(stored.Remove(nameof(OrchestratorState.Availability)));
        Assert.Equal(AvailabilityPhase.Up, JsonSerializer.Deserialize<OrchestratorState>(stored)!.Availability.Phase);
    }

    [Fact]
    public void While_the_network_fails_a_single_outage_is_a_warning_and_a_page_when_it_outlasts_that()
    {
        var watched = WellKnown(Fra, Mdw, Sin);
        watched.NetworkFails = true;
        watched.Rounds(3, alive: false, Fra, Mdw, Sin);
        Assert.Equal(Severity.Warning, Assert.Single(watched.Told).Incident.Severity);
        watched.NetworkFails = false;

        // One check that fails after it may be a lost packet, and who is down is checked every five minutes.
        watched.Rounds(5, alive: false, Fra, Mdw, Sin);
        Assert.Equal(Severity.Warning, watched.Told[^1].Incident.Severity);
        watched.Rounds(1, alive: false, Fra, Mdw, Sin);
        Assert.Equal((NotificationKind.Changed, Severity.Page), (watched.Told[^1].Kind, watched.Told[^1].Incident.Severity));
    }

    [Fact]
    public void Two_regions_that_fail_in_the_same_instant_page_nobody()
    {
        var watched = WellKnown(Fra, Mdw, Sin);
        watched.CheckOthers(9, 0, Fra, Mdw, Sin);
        for (var i = 0; i < 10; i++)
        {
            watched.Pass(60);
            watched.CheckOthers(0, 9, Fra, Mdw);
            watched.CheckOthers(9, 0, Sin);
            watched.Check(false, Fra, Mdw);
            watched.Check(true, Sin);
        }

        Assert.Empty(watched.Told);
        Assert.False(watched.Availability.Unheard);
        Assert.Equal([Fra, Mdw], watched.Liveness!.Anomalies.Select(a => a.Region).Order());
    }

    [Theory]
    [InlineData(9, 0, true)]
    [InlineData(10, 1, true)]
    [InlineData(8, 1, false)]
    [InlineData(6, 3, false)]
    public void A_regions_word_about_one_is_taken_at_once_where_hardly_another_fails(int answer, int fail, bool pages)
    {
        var watched = WellKnown(Fra, Mdw, Sin);
        watched.CheckOthers(answer + fail, 0, Fra, Mdw, Sin);
        for (var i = 0; i < 2; i++)
        {
            watched.Pass(60);
            watched.Check(false, Fra, Mdw, Sin);
            watched.CheckOthers(answer, fail, Fra, Mdw, Sin);
        }

        watched.Pass(60);
        watched.Check(false, Fra, Mdw, Sin);
        Assert.Equal(pages ? 1 : 0, watched.Pages.Count());
    }

    [Theory]
    [InlineData(false, false, 0)]
    [InlineData(true, false, 0)]
    [InlineData(true, true, 1)]
    public void Where_nobody_answers_a_single_region_it_is_the_networks_incident_and_none_of_his(bool controls, bool networkFails, int told)
    {
        var watched = WellKnown(Mdw);
        watched.NetworkFails = networkFails;
        watched.CheckOthers(9, 0, Mdw);
        for (var i = 0; i < 8; i++)
        {
            watched.Pass(60);
            watched.CheckOthers(0, 9, Mdw);
            if (controls) watched.Liveness = watched.Liveness!.OnControlsWell(Mdw, watched.Now);
            watched.Check(false, Mdw);
        }

        // Where it is known to be the network, and the region to be well, he is down, and that wakes nobody.
        Assert.Empty(watched.Pages);
        Assert.Equal(told, watched.Told.Count);
        Assert.Equal(told == 0, watched.Availability.Unheard);

        // He alone stays away, and that is no lost packet.
        watched.NetworkFails = false;
        for (var i = 0; i < (told == 0 ? 2 : 6); i++)
        {
            Assert.Empty(watched.Pages);
            watched.Pass(60);
            watched.CheckOthers(9, 0, Mdw);
            watched.Check(false, Mdw);
        }

        Assert.Single(watched.Pages);
        Assert.False(watched.Availability.Unheard);
    }

    [Fact]
    public void An_answer_of_others_after_his_last_check_says_nothing_of_how_it_was_then()
    {
        var watched = WellKnown(Mdw);
        watched.CheckOthers(9, 0, Mdw);
        for (var i = 0; i < 8; i++)
        {
            watched.Pass(60);
            watched.CheckOthers(0, 9, Mdw);
            watched.Check(false, Mdw);
        }

        watched.Pass(30);
        watched.CheckOthers(9, 0, Mdw);
        watched.Pass(20);
        Assert.Empty(watched.Told);
        watched.Check(true, Mdw);
        watched.Rounds(5, alive: true, Mdw);
        Assert.Empty(watched.Told);
    }

    [Fact]
    public void Whoever_is_alone_to_be_checked_is_believed_after_some_minutes()
    {
        var watched = WellKnown(Mdw);
        watched.Liveness = RegionHealth.OfChecks(new AnomalyPolicy());
        watched.Rounds(4, alive: false, Mdw);
        Assert.Empty(watched.Pages);
        watched.Rounds(1, alive: false, Mdw);
        Assert.Single(watched.Pages);
    }

    [Fact]
    public void A_lost_packet_does_not_make_a_flapping_one_flap_on()
    {
        var watched = WellKnown(Fra, Mdw, Sin);
        for (var i = 0; i < 3; i++)
        {
            watched.Rounds(3, alive: false, Fra, Mdw, Sin);
            watched.Rounds(4, alive: true, Fra, Mdw, Sin);
        }

        Assert.True(watched.Availability.Flapping);
        for (var i = 0; i < 125; i++)
        {
            watched.Pass(60);
            watched.Check(true, Fra, Sin);
            watched.Check(i % 50 != 40, Mdw);
        }

        Assert.False(watched.Availability.Flapping);
        Assert.Equal(NotificationKind.Resolved, watched.Told[^1].Kind);
    }

    [Fact]
    public void Reports_in_any_order_and_any_number_of_times_give_the_same_day()
    {
        var random = new SplitMix(Seed.Of("MONITORING_AVAILABILITY_SEED"));
        for (var run = 0; run < 200; run++)
        {
            var checks = Enumerable.Range(0, 40).Select(_ =>
            {
                var alive = !random.OneIn(3);
                return new LivenessCheck(Someone, Noon - TimeSpan.FromSeconds(random.Below(80_000)), alive, alive ? OutcomeCode.Completed : OutcomeCode.Unreachable);
            }).ToList();
            var straight = new Watched(Mdw);
            straight.On(new Event.LivenessChecked(Mdw, [.. checks.OrderBy(c => c.At)]));
            var tangled = new Watched(Mdw);
            var twice = checks.Concat(checks).ToList();
            random.Shuffle(twice);
            foreach (var check in twice) tangled.On(new Event.LivenessChecked(Mdw, [check]));
            Assert.Equal(straight.Availability.SightOf(Mdw).Window.Count(Noon), tangled.Availability.SightOf(Mdw).Window.Count(Noon));
        }
    }
}
